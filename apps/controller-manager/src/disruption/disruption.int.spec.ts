import type { AnyObject } from '@windlass/meta';
import type { PodDisruptionBudget } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['disruption', 'deployment', 'replicaset'] });
}, 60_000);
afterAll(() => cluster?.stop());

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };

async function deployed(replicas: number, spec: object): Promise<string> {
  const namespace = await cluster.namespace('disruption');
  const deployment = { metadata: { name: 'web', namespace }, spec: { replicas, selector: { matchLabels: labels }, template } };
  await cluster.of('deployments').create(deployment as AnyObject);
  const budget = { metadata: { name: 'web', namespace }, spec: { selector: { matchLabels: labels }, ...spec } };
  await cluster.of('podDisruptionBudgets').create(budget as AnyObject);
  return namespace;
}
const statusOf = async (namespace: string) =>
  (await cluster.of<PodDisruptionBudget & AnyObject>('podDisruptionBudgets').get({ namespace, name: 'web' })).status;
const evict = (namespace: string, name: string) =>
  cluster
    .of('pods')
    .subresource({ namespace, name }, 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });

test('as many pods as the budget allows are evicted; the next when the first is replaced', async () => {
  const namespace = await deployed(3, { maxUnavailable: '34%' });
  await eventually(async () =>
    expect(await statusOf(namespace)).toMatchObject({
      expectedPods: 3,
      desiredHealthy: 1,
      currentHealthy: 3,
      disruptionsAllowed: 2,
      conditions: [{ type: 'DisruptionAllowed', status: 'True' }],
    }),
  );
  const names = (await cluster.pods(namespace)).map((pod) => pod.metadata.name as string);
  // All at once: each disruption is taken by one eviction.
  const answers = await Promise.allSettled(names.map((name) => evict(namespace, name)));
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]!.reason).toMatchObject({ status: { code: 429, reason: 'TooManyRequests' } });
  // The deployment replaces them; then there is room again.
  const left = names[answers.findIndex((answer) => answer.status === 'rejected')]!;
  await eventually(async () => expect(await statusOf(namespace)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 2 }));
  expect((await statusOf(namespace))?.disruptedPods).toBeUndefined();
  await evict(namespace, left);
});

test('scaling changes what is desired', async () => {
  const namespace = await deployed(2, { minAvailable: '100%' });
  await eventually(async () => expect(await statusOf(namespace)).toMatchObject({ desiredHealthy: 2, disruptionsAllowed: 0 }));
  await cluster.of('deployments').patch({ namespace, name: 'web' }, { spec: { replicas: 4 } });
  await eventually(async () => expect(await statusOf(namespace)).toMatchObject({ desiredHealthy: 4, currentHealthy: 4 }));
});

test('pods that nobody scales: counted by number, told when by share', async () => {
  const namespace = await cluster.namespace('disruption');
  const budgets = cluster.of('podDisruptionBudgets');
  for (const [name, spec] of [
    ['number', { minAvailable: 1 }],
    ['share', { minAvailable: '50%' }],
  ] as const)
    await budgets.create({ metadata: { name, namespace }, spec: { selector: { matchLabels: labels }, ...spec } } as AnyObject);
  for (const name of ['p', 'q'])
    await cluster.of('pods').create({ metadata: { name, namespace, labels }, spec: template.spec } as AnyObject);
  await eventually(async () =>
    expect((await budgets.get({ namespace, name: 'number' })).status).toMatchObject({ expectedPods: 2, disruptionsAllowed: 1 }),
  );
  await eventually(async () =>
    expect(await cluster.events(namespace, 'share')).toContainEqual(expect.stringMatching(/^UnmanagedPods Pods selected/)),
  );
  const answer = evict(namespace, 'p');
  await expect(answer).rejects.toMatchObject({ status: { code: 500, message: expect.stringMatching(/more than one Pod/) } });
});
