import type { AnyObject } from '@windlass/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { BUDGETS, CLAIMS, NODES, STORAGE_CLASSES, VOLUMES } from './resources.ts';
import { startTestScheduler, type TestScheduler } from './testing/scheduler.ts';

let test: TestScheduler;
beforeAll(async () => {
  test = await startTestScheduler();
}, 60_000);
afterAll(() => test?.stop());

const claims = () => test.admin.resource<PersistentVolumeClaim>(CLAIMS);
const volumes = () => test.admin.resource<PersistentVolume>(VOLUMES);
const needs = (cpu: string, more: object = {}) => ({
  containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }],
  ...more,
});
const on = (name: string, node: string) => eventually(async () => expect((await test.get(name)).spec.nodeName).toBe(node));
const hears = (name: string, text: string) =>
  eventually(async () => expect((await test.events(name)).join('\n')).toContain(text));
const priority = (name: string, value: number, more: object = {}) =>
  test.admin
    .resource({
      group: 'scheduling.k8s.io',
      version: 'v1',
      resource: 'priorityclasses',
      kind: 'PriorityClass',
      namespaced: false,
    })
    .create({ metadata: { name }, value, ...more } as AnyObject);

describe('volumes', () => {
  const claim = (name: string, storageClassName: string) =>
    claims().create({
      metadata: { name, namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName },
    } as unknown as PersistentVolumeClaim);
  const uses = (claimName: string) => needs('1m', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] });
  /** As the binder does. */
  const finish = async (name: string, volumeName: string) => {
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
    await claims().patch({ name, namespace: 'default' }, { metadata: { annotations }, spec: { volumeName } });
  };
  beforeAll(async () => {
    await test.node('v1');
    await test.node('v2');
    const classes = test.admin.resource(STORAGE_CLASSES);
    const late = { volumeBindingMode: 'WaitForFirstConsumer' };
    await classes.create({ metadata: { name: 'made' }, provisioner: 'example.com/p', ...late } as AnyObject);
    await classes.create({ metadata: { name: 'found' }, provisioner: 'kubernetes.io/no-provisioner', ...late } as AnyObject);
  });
  afterAll(async () => {
    for (const name of ['v1', 'v2']) await test.admin.resource(NODES).delete({ name });
  });

  it('a pod waits for its claim, then for its volume, which is made on the node that was chosen', async () => {
    await test.pod('maker', uses('data'));
    await hears('maker', 'FailedScheduling 0/2 nodes are available: persistentvolumeclaim "data" not found.');
    await claim('data', 'made');
    const selected = await eventually(async () => {
      const found = (await claims().get({ name: 'data', namespace: 'default' })).metadata.annotations?.[
        'volume.kubernetes.io/selected-node'
      ];
      expect(found).toMatch(/^v[12]$/);
      return found!;
    });
    expect((await test.get('maker')).spec.nodeName).toBeUndefined();
    await finish('data', 'made-volume');
    await on('maker', selected);
  });

  it('a provisioner that gives the node back has the scheduler choose again', async () => {
    await claim('again', 'made');
    await test.pod('again', uses('again'));
    const selected = async () =>
      (await claims().get({ name: 'again', namespace: 'default' })).metadata.annotations?.['volume.kubernetes.io/selected-node'];
    const first = await eventually(async () => {
      const found = await selected();
      expect(found).toBeDefined();
      return found!;
    });
    await test.admin.resource(NODES).patch({ name: first }, { spec: { unschedulable: true } });
    await claims().patch(
      { name: 'again', namespace: 'default' },
      { metadata: { annotations: { 'volume.kubernetes.io/selected-node': null } } },
    );
    await hears('again', 'selectedNode annotation reset for PVC "again"');
    const second = await eventually(async () => {
      const found = await selected();
      expect(found).toBeDefined();
      return found!;
    });
    expect(second).not.toBe(first);
    await finish('again', 'again-volume');
    await on('again', second);
    await test.admin.resource(NODES).patch({ name: first }, { spec: { unschedulable: null } });
  });

  it('a scheduler that is replaced while a volume is made goes on where it was', async () => {
    await claim('handed-over', 'made');
    await test.pod('handed-over', uses('handed-over'));
    const selected = async () =>
      (await claims().get({ name: 'handed-over', namespace: 'default' })).metadata.annotations?.[
        'volume.kubernetes.io/selected-node'
      ];
    await eventually(async () => expect(await selected()).toBeDefined());
    const node = await selected();
    await test.restart();
    await volumes().create({
      metadata: { name: 'handed-over' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'made', hostPath: { path: '/x' } },
    } as unknown as PersistentVolume);
    await finish('handed-over', 'handed-over');
    await eventually(async () => expect((await test.get('handed-over')).spec.nodeName).toMatch(/^v[12]$/));
    expect(await selected()).toBe(node);
  });

  it('a volume on one node is reserved, and decides where the pod goes', async () => {
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['v2'] }] }];
    await volumes().create({
      metadata: { name: 'on-v2' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'found',
        local: { path: '/x' },
        nodeAffinity: { required: { nodeSelectorTerms: terms } },
      },
    } as unknown as PersistentVolume);
    await volumes().patch({ name: 'on-v2' }, { status: { phase: 'Available' } }, { subresource: 'status' });
    const { metadata } = await claim('wanted', 'found');
    await test.pod('finder', uses('wanted'));
    await eventually(async () => {
      const volume = await volumes().get({ name: 'on-v2' });
      expect(volume.spec.claimRef).toMatchObject({ name: 'wanted', uid: metadata.uid });
      expect(volume.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
    });
    await finish('wanted', 'on-v2');
    await on('finder', 'v2');
  });
});

describe('preemption', () => {
  beforeAll(async () => {
    await priority('low', 10);
    await priority('high', 1000);
    await priority('polite', 1000, { preemptionPolicy: 'Never' });
    await test.node('p1');
  });

  it('a pod of high priority takes the place of one of low priority, and waits until it has ended', async () => {
    await test.pod('low', needs('800m', { priorityClassName: 'low', terminationGracePeriodSeconds: 30 }));
    await on('low', 'p1');
    await test.pods.patch(
      { namespace: 'default', name: 'low' },
      { status: { phase: 'Running', startTime: '2026-01-01T00:00:00Z' } },
      { subresource: 'status' },
    );
    await test.pod('polite', needs('700m', { priorityClassName: 'polite' }));
    await hears('polite', '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.');
    await test.pods.delete({ namespace: 'default', name: 'polite' }, { gracePeriodSeconds: 0 });

    const { metadata } = await test.pod('high', needs('700m', { priorityClassName: 'high' }));
    await hears('low', `Preempted Preempted by pod ${metadata.uid} on node p1`);
    const victim = await test.get('low');
    expect(victim.metadata.deletionTimestamp).toBeDefined();
    expect(victim.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(victim.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting to accommodate a higher priority pod',
      }),
    );
    await eventually(async () => expect((await test.get('high')).status?.nominatedNodeName).toBe('p1'));
    await hears('high', 'FailedScheduling 0/1 nodes are available: 1 Insufficient cpu.');
    // Nobody of less importance may slip into the room that is being made.
    await test.pod('late', needs('150m'));
    await hears('late', '1 Insufficient cpu');
    await test.pods.delete({ namespace: 'default', name: 'low' }, { gracePeriodSeconds: 0 });
    await on('high', 'p1');
    await on('late', 'p1');
  });

  it('a disruption budget turns preemption to other pods', async () => {
    await test.node('p2', { cpu: '1', memory: '1Gi', pods: '10' }, { only: 'p2' });
    const there = (more: object) => needs('400m', { nodeSelector: { only: 'p2' }, ...more });
    await test.admin.resource(BUDGETS).create({
      metadata: { name: 'kept', namespace: 'default' },
      spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'kept' } } },
    } as AnyObject);
    await test.pod('kept', there({}), { labels: { app: 'kept' } });
    await test.pod('loose', there({ priorityClassName: 'low' }), { labels: { app: 'loose' } });
    await on('kept', 'p2');
    await on('loose', 'p2');
    await test.pod('urgent', there({ priorityClassName: 'high' }));
    await hears('loose', 'Preempted Preempted by pod');
    expect((await test.get('kept')).metadata.deletionTimestamp).toBeUndefined();
    await test.pods.delete({ namespace: 'default', name: 'loose' }, { gracePeriodSeconds: 0 });
    await on('urgent', 'p2');
  });
});

it('a pod with scheduling gates is placed once they are gone', async () => {
  await test.node('g1', undefined, { only: 'g1' });
  await test.pod('gated', needs('1m', { schedulingGates: [{ name: 'example.com/wait' }], nodeSelector: { only: 'g1' } }));
  await test.pod('free', needs('1m', { nodeSelector: { only: 'g1' } }));
  await on('free', 'g1');
  const gated = await test.get('gated');
  expect(gated.spec.nodeName).toBeUndefined();
  expect(gated.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }),
  );
  await test.pods.patch(gated.metadata, { spec: { schedulingGates: null } });
  await on('gated', 'g1');
});

describe('predicates', () => {
  const only = { nodeSelector: { only: 'f1' } };
  beforeAll(() => test.node('f1', undefined, { only: 'f1' }));

  it('requests beyond the node, a node selector that matches and one that does not', async () => {
    await test.pod('fits', needs('600m', only));
    await on('fits', 'f1');
    await test.pod('exceeds', needs('600m', only));
    await hears('exceeds', '1 Insufficient cpu');
    await test.pod('nowhere', needs('1m', { nodeSelector: { only: 'nothing' } }));
    await hears('nowhere', "node(s) didn't match Pod's node affinity/selector");
    expect((await test.get('nowhere')).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }),
    );
    await test.admin.resource(NODES).patch({ name: 'f1' }, { metadata: { labels: { only: 'nothing' } } });
    await on('nowhere', 'f1');
    await test.admin.resource(NODES).patch({ name: 'f1' }, { metadata: { labels: { only: 'f1' } } });
  });

  it('one host port, with and without address', async () => {
    const port = (hostIP?: string) => ({
      containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 8080, hostIP }] }],
      ...only,
    });
    await test.pod('everywhere', port());
    await on('everywhere', 'f1');
    await test.pod('loopback', port('127.0.0.1'));
    await hears('loopback', "1 node(s) didn't have free ports for the requested pod ports");
    await test.pods.delete({ namespace: 'default', name: 'everywhere' }, { gracePeriodSeconds: 0 });
    await on('loopback', 'f1');
  });

  it('a critical pod takes the place of another one', async () => {
    await test.admin
      .resource({ group: '', version: 'v1', resource: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true })
      .create({ metadata: { name: 'default', namespace: 'kube-system' } } as AnyObject);
    const spec = needs('900m', { priorityClassName: 'system-cluster-critical', ...only });
    const critical = await test.pods.create({ metadata: { name: 'critical', namespace: 'kube-system' }, spec } as never);
    await hears('fits', `Preempted by pod ${critical.metadata.uid} on node f1`);
    await test.pods.delete({ namespace: 'default', name: 'fits' }, { gracePeriodSeconds: 0 });
    await eventually(async () => expect((await test.pods.get(critical.metadata)).spec.nodeName).toBe('f1'));
  });
});

it('a pod that wants to be beside another one is placed when that comes', async () => {
  await test.node('a1', undefined, { only: 'a1' });
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'awaited' } } };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const only = { nodeSelector: { only: 'a1' } };
  await test.pod('beside', needs('1m', { affinity, ...only }));
  await hears('beside', "node(s) didn't match pod affinity rules");
  await test.pod('awaited', needs('1m', only), { labels: { app: 'awaited' } });
  await on('beside', 'a1');
});
