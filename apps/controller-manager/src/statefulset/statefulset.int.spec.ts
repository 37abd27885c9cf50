import type { Pod, StatefulSet, StatefulSetSpec } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { POD_REVISION } from '../history/revisions.ts';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
const unready = new Set<string>();

beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: ['statefulset', 'garbagecollector', 'persistentvolumeclaim-protection'],
    kubelet: { ready: (pod) => !unready.has(`${pod.metadata.namespace}/${pod.metadata.name}`) },
  });
}, 60_000);
afterAll(() => cluster?.stop());

const containers = (image: string) => [{ name: 'c', image }];
async function create(spec: Partial<StatefulSetSpec> = {}) {
  const namespace = await cluster.namespace('sts');
  await cluster.of('statefulSets').create({
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 3,
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: containers('i:1') } },
    },
  });
  const name = { namespace, name: 'web' };
  const pods = async () =>
    (await cluster.pods(namespace)).sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  return {
    namespace,
    pods,
    names: async () => (await pods()).map(({ metadata }) => metadata.name),
    images: async () =>
      (await pods()).map(
        ({
          spec: {
            containers: [c],
          },
        }) => c?.image,
      ),
    get: async () => (await cluster.of('statefulSets').get(name)) as StatefulSet,
    patch: (patch: unknown) => cluster.of('statefulSets').patch(name, patch),
    setImage: (image: string) =>
      cluster.of('statefulSets').patch(name, { spec: { template: { spec: { containers: containers(image) } } } }),
    ready: (count: number) =>
      eventually(async () => {
        const { status } = (await cluster.of('statefulSets').get(name)) as StatefulSet;
        expect(status).toMatchObject({ replicas: count, readyReplicas: count });
      }, 15),
    history: async () =>
      (await cluster.of('controllerRevisions').list({ namespace })).items.sort((a, b) => a.revision - b.revision),
  };
}

test('the next pod waits for the one before it', async () => {
  unready.add('sts-1/web-0');
  const set = await create();
  await eventually(async () => expect((await set.pods())[0]?.status?.phase).toBe('Running'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await set.names()).toEqual(['web-0']);
  unready.clear();
  cluster.kubelet.again();
  await set.ready(3);
});

test('scaling goes up in order and down in reverse', async () => {
  const set = await create();
  await set.ready(3);
  const created = (await set.pods()).map(({ metadata }) => Number(metadata.resourceVersion));
  expect(await set.names()).toEqual(['web-0', 'web-1', 'web-2']);
  expect(created).toHaveLength(3);
  for (const name of await set.names()) unready.add(`${set.namespace}/${name}`);
  cluster.kubelet.again();
  await eventually(async () => expect((await set.get()).status?.readyReplicas ?? 0).toBe(0));
  await set.patch({ spec: { replicas: 0 } });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await set.names()).toEqual(['web-0', 'web-1', 'web-2']);
  unready.clear();
  cluster.kubelet.again();
  await eventually(async () => expect(await set.names()).toEqual([]));
  const events = await cluster.events(set.namespace, 'web');
  const order = (verb: string) =>
    events.flatMap((event) => new RegExp(`${verb} Pod (web-\\d) in StatefulSet web successful`).exec(event)?.[1] ?? []);
  await eventually(async () => expect(order('create')).toEqual(['web-0', 'web-1', 'web-2']));
  expect(order('delete')).toEqual(['web-2', 'web-1', 'web-0']);
});

test('a new template rolls from the top, a former one is a rollback and no new revision', async () => {
  const set = await create();
  await set.ready(3);
  const { currentRevision } = (await set.get()).status ?? {};
  await set.setImage('i:2');
  await eventually(async () => {
    expect(await set.images()).toEqual(['i:2', 'i:2', 'i:2']);
    const { status } = await set.get();
    expect(status).toMatchObject({ updatedReplicas: 3, currentReplicas: 3, readyReplicas: 3 });
    expect(status?.currentRevision).toBe(status?.updateRevision);
  }, 15);
  const updated = (await set.get()).status?.currentRevision;
  expect(updated).not.toBe(currentRevision);
  expect((await set.pods()).map(({ metadata }) => metadata.labels?.[POD_REVISION])).toEqual([updated, updated, updated]);
  await set.setImage('i:1');
  await eventually(async () => expect((await set.get()).status?.currentRevision).toBe(currentRevision), 15);
  const history = await set.history();
  expect(history.map(({ revision }) => revision)).toEqual([2, 3]);
  expect(history[1]?.metadata.name).toBe(currentRevision);
});

test('a partition holds a rollout, also for a pod that is deleted below it', async () => {
  const set = await create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  await set.ready(3);
  await set.setImage('i:2');
  await eventually(async () => expect(await set.images()).toEqual(['i:1', 'i:1', 'i:2']));
  await set.ready(3);
  await cluster.of('pods').delete({ namespace: set.namespace, name: 'web-0' });
  await cluster.of('pods').delete({ namespace: set.namespace, name: 'web-2' });
  await set.ready(3);
  await eventually(async () => expect(await set.images()).toEqual(['i:1', 'i:1', 'i:2']));
  await set.patch({ spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } } });
  await eventually(async () => expect(await set.images()).toEqual(['i:2', 'i:2', 'i:2']), 15);
});

test('parallel sets burst up and down', async () => {
  const set = await create({ podManagementPolicy: 'Parallel', replicas: 5 });
  await set.ready(5);
  await set.patch({ spec: { replicas: 2 } });
  await set.ready(2);
  expect(await set.names()).toEqual(['web-0', 'web-1']);
});

test('a failed pod is made anew', async () => {
  const set = await create({ replicas: 1 });
  await set.ready(1);
  const [pod] = await set.pods();
  await cluster.kubelet.finish(pod as Pod, 1);
  await eventually(async () => {
    const [fresh] = await set.pods();
    expect(fresh?.metadata.uid).not.toBe(pod?.metadata.uid);
    expect(fresh?.status?.phase).toBe('Running');
  });
  await eventually(async () =>
    expect(await cluster.events(set.namespace, 'web')).toContain(
      `RecreatingFailedPod StatefulSet ${set.namespace}/web is recreating failed Pod web-0`,
    ),
  );
});

test('each pod has its claims, which outlive it unless the policy says otherwise', async () => {
  const spec = { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage: '1Gi' } } };
  const set = await create({
    replicas: 2,
    ordinals: { start: 3 },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }],
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
  });
  await set.ready(2);
  const claims = async () =>
    (await cluster.of('persistentVolumeClaims').list({ namespace: set.namespace })).items.map(({ metadata }) => metadata.name);
  expect(await set.names()).toEqual(['web-3', 'web-4']);
  expect(await claims()).toEqual(['data-web-3', 'data-web-4']);
  await set.patch({ spec: { replicas: 1 } });
  await eventually(async () => expect(await claims()).toEqual(['data-web-3']), 15);
});

test('the history is cut at its limit', async () => {
  const set = await create({ replicas: 1, revisionHistoryLimit: 1 });
  for (const image of ['i:2', 'i:3', 'i:4']) {
    await set.ready(1);
    await set.setImage(image);
    await eventually(async () => expect(await set.images()).toEqual([image]));
  }
  await eventually(async () => expect((await set.history()).map(({ revision }) => revision)).toEqual([3, 4]));
});
