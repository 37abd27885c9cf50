import type { AnyObject } from '@windlass/meta';
import type { Toleration } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['taint-eviction'], kubelet: { nodes: ['node-t'] } });
  await cluster.node('node-t');
}, 60_000);
afterAll(() => cluster?.stop());

const KEY = 'example.com/evict';
const taint = (taints: object[] | null) => cluster.of('nodes').patch({ name: 'node-t' }, { spec: { taints } });

async function run(namespace: string, name: string, toleration?: Partial<Toleration>): Promise<void> {
  const tolerations = toleration ? [{ key: KEY, operator: 'Exists', effect: 'NoExecute', ...toleration }] : [];
  const spec = { tolerations, containers: [{ name: 'c', image: 'i' }] };
  await cluster.of('pods').create({ metadata: { name, namespace }, spec } as AnyObject);
}
const running = async (namespace: string): Promise<string[]> =>
  (await cluster.pods(namespace))
    .filter(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name!);

test('pods leave at once, after their time, or never; a taint that tells no time counts from when it was seen', async () => {
  const namespace = await cluster.namespace('taints');
  await run(namespace, 'none');
  await run(namespace, 'short', { tolerationSeconds: 2 });
  await run(namespace, 'tolerant', {});
  await eventually(async () => expect(await running(namespace)).toEqual(['none', 'short', 'tolerant']));
  const since = Date.now();
  await taint([{ key: KEY, effect: 'NoExecute' }]);
  await eventually(async () => expect(await running(namespace)).toEqual(['short', 'tolerant']));
  await eventually(async () => expect(await running(namespace)).toEqual(['tolerant']), 20);
  expect(Date.now() - since).toBeGreaterThanOrEqual(2000);
  expect((await cluster.events(namespace, 'none'))[0]).toBe(`TaintManagerEviction Marking for deletion Pod ${namespace}/none`);
  await taint(null);
});

test('a taint that goes in time cancels the eviction', async () => {
  const namespace = await cluster.namespace('taints');
  await run(namespace, 'saved', { tolerationSeconds: 3 });
  await eventually(async () => expect(await running(namespace)).toEqual(['saved']));
  await taint([{ key: KEY, effect: 'NoExecute' }]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await taint(null);
  await eventually(async () =>
    expect(await cluster.events(namespace, 'saved')).toContain(
      `TaintManagerEviction Cancelling deletion of Pod ${namespace}/saved`,
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 3500));
  expect(await running(namespace)).toEqual(['saved']);
});
