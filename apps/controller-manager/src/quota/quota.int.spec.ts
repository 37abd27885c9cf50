import type { AnyObject } from '@windlass/meta';
import type { ResourceQuota } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['resourcequota'] });
}, 60_000);
afterAll(() => cluster?.stop());

const quotas = () => cluster.of<ResourceQuota & AnyObject>('resourceQuotas');
const made = (namespace: string, spec: object, name = 'q') => quotas().create({ metadata: { name, namespace }, spec } as never);
const container = (requests?: Record<string, string>) => ({ name: 'c', image: 'i', resources: { requests } });
const pod = (namespace: string, name: string, requests?: Record<string, string>, spec: object = {}) =>
  cluster.of('pods').create({ metadata: { name, namespace }, spec: { containers: [container(requests)], ...spec } } as never);
const counted = (namespace: string, used: Record<string, string>, name = 'q') =>
  eventually(async () => expect((await quotas().get({ namespace, name })).status?.used).toEqual(used));
const refused = { status: { code: 403, message: expect.stringContaining('exceeded quota: q') } };

test('any kind is counted by its name, custom resources too', async () => {
  const namespace = await cluster.namespace('quota');
  const definitions = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions', namespaced: false };
  await cluster.server.admin.resource(definitions).create({
    metadata: { name: 'wheels.quota.example.com' },
    spec: {
      group: 'quota.example.com',
      scope: 'Namespaced',
      names: { plural: 'wheels', kind: 'Wheel' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  } as never);
  const wheels = cluster.server.admin.resource({
    group: 'quota.example.com',
    version: 'v1',
    resource: 'wheels',
    namespaced: true,
  });
  await eventually(() => wheels.list({ namespace }));
  await made(namespace, { hard: { 'count/wheels.quota.example.com': '1', 'count/roles.rbac.authorization.k8s.io': '1' } });
  const none = { 'count/wheels.quota.example.com': '0', 'count/roles.rbac.authorization.k8s.io': '0' };
  await counted(namespace, none);
  const wheel = (name: string) =>
    wheels.create({ apiVersion: 'quota.example.com/v1', kind: 'Wheel', metadata: { name, namespace } } as never);
  await wheel('one');
  await counted(namespace, { ...none, 'count/wheels.quota.example.com': '1' });
  await expect(wheel('two')).rejects.toMatchObject(refused);
  await wheels.delete({ namespace, name: 'one' });
  await counted(namespace, none);
});

test('pods take and give back: on deletion, and when they ended; a change of limits is shown', async () => {
  const namespace = await cluster.namespace('quota');
  await made(namespace, { hard: { pods: '2', 'requests.cpu': '1' } });
  await eventually(async () =>
    expect((await quotas().get({ namespace, name: 'q' })).status).toEqual({
      hard: { pods: '2', 'requests.cpu': '1' },
      used: { pods: '0', 'requests.cpu': '0' },
    }),
  );
  const first = await pod(namespace, 'first', { cpu: '500m' }, { restartPolicy: 'Never' });
  await expect(pod(namespace, 'large', { cpu: '600m' })).rejects.toMatchObject(refused);
  await pod(namespace, 'second', { cpu: '250m' });
  await expect(pod(namespace, 'third', { cpu: '1m' })).rejects.toMatchObject(refused);
  await counted(namespace, { pods: '2', 'requests.cpu': '750m' });
  await cluster.of('pods').delete({ namespace, name: 'second' });
  await counted(namespace, { pods: '1', 'requests.cpu': '500m' });
  await cluster.kubelet.finish(first as never, 0);
  await counted(namespace, { pods: '0', 'requests.cpu': '0' });
  await quotas().patch({ namespace, name: 'q' }, { spec: { hard: { pods: '3', 'requests.cpu': null, secrets: '4' } } });
  await counted(namespace, { pods: '0', secrets: '0' });
  expect((await quotas().get({ namespace, name: 'q' })).status?.hard).toEqual({ pods: '3', secrets: '4' });
});

test('what was there before the quota counts; a status that somebody wrote is put right', async () => {
  const namespace = await cluster.namespace('quota');
  await cluster.of('configMaps').create({ metadata: { name: 'early', namespace } } as never);
  const service = { type: 'NodePort', ports: [{ port: 1 }, { port: 2, name: 'b' }].map((p, i) => ({ name: `p${i}`, ...p })) };
  await cluster.of('services').create({ metadata: { name: 's', namespace }, spec: service } as never);
  await cluster.of('persistentVolumeClaims').create({
    metadata: { name: 'd', namespace },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
  } as never);
  const hard = ['count/configmaps', 'services', 'services.nodeports', 'requests.storage', 'resourcequotas'];
  await made(namespace, { hard: Object.fromEntries(hard.map((name) => [name, '9'])) });
  const used = {
    'count/configmaps': '1',
    services: '1',
    'services.nodeports': '2',
    'requests.storage': '1Gi',
    resourcequotas: '1',
  };
  await counted(namespace, used);
  await quotas().patch({ namespace, name: 'q' }, { status: { hard: { services: '1' } } }, { subresource: 'status' });
  await eventually(async () =>
    expect((await quotas().get({ namespace, name: 'q' })).status?.hard).toMatchObject({ services: '9' }),
  );
  await cluster.of('services').delete({ namespace, name: 's' });
  await counted(namespace, { ...used, services: '0', 'services.nodeports': '0' });
});

test('scopes part the pods of a namespace', async () => {
  const namespace = await cluster.namespace('quota');
  const priority = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }] };
  await made(namespace, { hard: { pods: '5' }, scopes: ['BestEffort'] }, 'best');
  await made(namespace, { hard: { pods: '5' }, scopes: ['NotBestEffort', 'Terminating'] }, 'ends');
  await made(namespace, { hard: { pods: '5' }, scopeSelector: priority }, 'critical');
  for (const name of ['best', 'ends', 'critical']) await counted(namespace, { pods: '0' }, name);
  await pod(namespace, 'a');
  await pod(namespace, 'b', { cpu: '1m' }, { activeDeadlineSeconds: 600 });
  await pod(namespace, 'c', { cpu: '1m' }, { priorityClassName: 'system-node-critical' });
  for (const name of ['best', 'ends', 'critical']) await counted(namespace, { pods: '1' }, name);
  for (const name of ['a', 'b', 'c']) await cluster.of('pods').delete({ namespace, name });
  for (const name of ['best', 'ends', 'critical']) await counted(namespace, { pods: '0' }, name);
});
