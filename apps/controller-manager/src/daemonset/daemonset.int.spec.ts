import type { DaemonSet, DaemonSetSpec, Pod } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

const NODES = ['red', 'green', 'blue'];
let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['daemonset', 'garbagecollector'] });
  for (const name of NODES) await cluster.node(name, { color: name });
}, 60_000);
afterAll(() => cluster?.stop());

async function create(spec: Partial<DaemonSetSpec> = {}, podSpec: object = {}) {
  const namespace = await cluster.namespace('ds');
  const name = { namespace, name: 'd' };
  const template = (image: string) => ({
    metadata: { labels: { app: 'd' } },
    spec: { containers: [{ name: 'c', image }], ...podSpec },
  });
  await cluster.of('daemonSets').create({
    metadata: name,
    spec: {
      selector: { matchLabels: { app: 'd' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      ...spec,
      template: template('i:1'),
    },
  });
  const pods = async () => (await cluster.pods(namespace)).filter(({ metadata }) => !metadata.deletionTimestamp);
  return {
    namespace,
    pods,
    get: async () => (await cluster.of('daemonSets').get(name)) as DaemonSet,
    patch: (patch: unknown) => cluster.of('daemonSets').patch(name, patch),
    setImage: (image: string) => cluster.of('daemonSets').patch(name, { spec: { template: template(image) } }),
    runsOn: (...nodes: string[]) =>
      eventually(async () => {
        const running = (await pods()).filter(({ status }) => status?.phase === 'Running');
        expect(running.map(({ spec: { nodeName } }) => nodeName).sort()).toEqual([...nodes].sort());
      }),
    hasImage: (image: string) =>
      eventually(async () => {
        const all = await pods();
        expect(
          all.map(
            ({
              spec: {
                containers: [c],
              },
            }) => c?.image,
          ),
        ).toEqual(NODES.map(() => image));
        expect((await cluster.of('daemonSets').get(name)).status).toMatchObject({
          updatedNumberScheduled: 3,
          numberAvailable: 3,
        });
      }, 15),
    history: async () =>
      (await cluster.of('controllerRevisions').list({ namespace })).items.sort((a, b) => a.revision - b.revision),
  };
}

test('every node gets a pod; deleted and failed ones come again', async () => {
  const set = await create();
  await set.runsOn(...NODES);
  await eventually(async () =>
    expect((await set.get()).status).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberReady: 3,
      numberMisscheduled: 0,
    }),
  );
  const [first, second] = (await set.pods()) as [Pod, Pod];
  await cluster.of('pods').delete(first.metadata);
  await cluster.kubelet.finish(second, 1);
  await eventually(async () => {
    const uids = (await set.pods()).filter(({ status }) => status?.phase === 'Running').map(({ metadata }) => metadata.uid);
    expect(uids).toHaveLength(3);
    expect(uids).not.toContain(first.metadata.uid);
    expect(uids).not.toContain(second.metadata.uid);
  });
  await eventually(async () =>
    expect((await cluster.events(set.namespace, 'd')).join('\n')).toMatch(/FailedDaemonPod Found failed daemon pod/),
  );
});

test('node selectors and labels move it', async () => {
  const set = await create({}, { nodeSelector: { color: 'red' } });
  await set.runsOn('red');
  await cluster.of('nodes').patch({ name: 'red' }, { metadata: { labels: { color: 'green' } } });
  await eventually(async () => expect(await set.pods()).toEqual([]));
  await set.patch({ spec: { template: { spec: { nodeSelector: { color: 'green' } } } } });
  await set.runsOn('green', 'red');
  await cluster.of('nodes').patch({ name: 'red' }, { metadata: { labels: { color: 'red' } } });
  await set.runsOn('green');
});

test('a new template rolls over the nodes; the former one is a rollback', async () => {
  const set = await create();
  await set.runsOn(...NODES);
  await set.setImage('i:2');
  await set.hasImage('i:2');
  expect(await set.history()).toHaveLength(2);
  await set.setImage('i:1');
  await set.hasImage('i:1');
  expect((await set.history()).map(({ revision }) => revision)).toEqual([2, 3]);
});

test('surge never leaves a node without a pod', async () => {
  const set = await create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  await set.runsOn(...NODES);
  await eventually(async () => expect((await set.get()).status?.numberAvailable).toBe(3));
  await set.setImage('i:2');
  await eventually(async () => {
    const pods = await set.pods();
    expect(pods.filter(({ status }) => status?.phase === 'Running').length).toBeGreaterThanOrEqual(3);
    expect(
      pods.map(
        ({
          spec: {
            containers: [c],
          },
        }) => c?.image,
      ),
    ).toEqual(['i:2', 'i:2', 'i:2']);
  }, 15);
});
