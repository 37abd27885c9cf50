import type { AnyObject } from '@windlass/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: [
      'persistentvolume-binder',
      'persistentvolumeclaim-protection',
      'persistentvolume-protection',
      'ephemeral-volume',
    ],
    kubelet: { hold: ({ metadata }) => metadata.labels?.hold === 'true' },
  });
}, 60_000);
afterAll(() => cluster?.stop());

const volumes = () => cluster.of<PersistentVolume & AnyObject>('persistentVolumes');
const claims = () => cluster.of<PersistentVolumeClaim & AnyObject>('persistentVolumeClaims');

async function volume(name: string, spec: object = {}): Promise<void> {
  await volumes().create({
    metadata: { name },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/nowhere' }, ...spec },
  } as AnyObject as PersistentVolume & AnyObject);
}
async function claim(namespace: string, name: string, spec: object = {}): Promise<void> {
  await claims().create({
    metadata: { namespace, name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '', ...spec },
  } as AnyObject as PersistentVolumeClaim & AnyObject);
}
const phaseIs = (name: string, phase: string) =>
  eventually(async () => expect((await volumes().get({ name })).status?.phase).toBe(phase));
const claimIs = (namespace: string, name: string, phase: string) =>
  eventually(async () => expect((await claims().get({ namespace, name })).status?.phase).toBe(phase));
const hears = (namespace: string, name: string, text: string) =>
  eventually(async () => expect(await cluster.events(namespace, name)).toContain(text));
const storageClass = (name: string, more: object, annotations?: object) =>
  cluster.of('storageClasses').create({ metadata: { name, annotations }, provisioner: 'example.com/p', ...more } as AnyObject);

test('a claim gets the smallest volume that fits; the volume is released with it and kept', async () => {
  const namespace = await cluster.namespace('bind');
  await volume('large', { capacity: { storage: '5Gi' }, storageClassName: 'bind' });
  await volume('small', { capacity: { storage: '2Gi' }, storageClassName: 'bind' });
  await phaseIs('small', 'Available');
  await phaseIs('large', 'Available');
  await claim(namespace, 'c', { storageClassName: 'bind' });
  await claimIs(namespace, 'c', 'Bound');
  const bound = await claims().get({ namespace, name: 'c' });
  expect(bound.spec.volumeName).toBe('small');
  expect(bound.status).toMatchObject({ accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } });
  expect(bound.metadata.annotations).toEqual({
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
  });
  const one = await volumes().get({ name: 'small' });
  expect(one).toMatchObject({
    status: { phase: 'Bound' },
    spec: { claimRef: { kind: 'PersistentVolumeClaim', uid: bound.metadata.uid } },
  });
  await claims().delete({ namespace, name: 'c' });
  await phaseIs('small', 'Released');
  await phaseIs('large', 'Available');
  await claim(namespace, 'c', { storageClassName: 'bind' });
  await claimIs(namespace, 'c', 'Bound');
  expect((await claims().get({ namespace, name: 'c' })).spec.volumeName).toBe('large');
});

test('a claim waits, says so, and is bound once a volume appears', async () => {
  const namespace = await cluster.namespace('wait');
  await claim(namespace, 'c', { selector: { matchLabels: { only: 'this' } } });
  await hears(namespace, 'c', 'FailedBinding no persistent volumes available for this claim and no storage class is set');
  await volume('unlabelled');
  await phaseIs('unlabelled', 'Available');
  expect((await claims().get({ namespace, name: 'c' })).status?.phase).toBe('Pending');
  await volumes().patch({ name: 'unlabelled' }, { metadata: { labels: { only: 'this' } } });
  await claimIs(namespace, 'c', 'Bound');
});

test('of fifty claims and fifty volumes each gets one', async () => {
  const namespace = await cluster.namespace('many');
  const names = Array.from({ length: 50 }, (_, i) => `many-${i}`);
  await Promise.all(
    names.flatMap((name) => [volume(name, { storageClassName: 'many' }), claim(namespace, name, { storageClassName: 'many' })]),
  );
  await eventually(async () => {
    const { items } = await claims().list({ namespace });
    expect(items.filter(({ status }) => status?.phase === 'Bound')).toHaveLength(50);
    expect(new Set(items.map(({ spec }) => spec.volumeName)).size).toBe(50);
  }, 20);
});

test('reservations from both sides, and misfits', async () => {
  const namespace = await cluster.namespace('reserved');
  await volume('for-mine', { claimRef: { namespace, name: 'mine' }, storageClassName: 'r' });
  await claim(namespace, 'other', { storageClassName: 'r' });
  await claim(namespace, 'mine', { storageClassName: 'r' });
  await claimIs(namespace, 'mine', 'Bound');
  // The user's reservation is not marked as the controller's.
  expect((await volumes().get({ name: 'for-mine' })).metadata.annotations).toBeUndefined();
  expect((await claims().get({ namespace, name: 'other' })).status?.phase).toBe('Pending');
  await claim(namespace, 'late', { volumeName: 'for-mine', storageClassName: 'r' });
  await hears(namespace, 'late', 'FailedBinding volume "for-mine" already bound to a different claim.');
  await volume('tiny', { capacity: { storage: '1Mi' } });
  await claim(namespace, 'big', { volumeName: 'tiny' });
  await hears(namespace, 'big', 'VolumeMismatch Cannot bind to requested volume "tiny": requested PV is too small');
});

test('a claim whose volume is gone is lost', async () => {
  const namespace = await cluster.namespace('lost');
  await volume('fleeting', { storageClassName: 'lost' });
  await claim(namespace, 'c', { storageClassName: 'lost' });
  await claimIs(namespace, 'c', 'Bound');
  await volumes().delete({ name: 'fleeting' });
  await volumes().patch({ name: 'fleeting' }, { metadata: { finalizers: null } });
  await claimIs(namespace, 'c', 'Lost');
  await hears(namespace, 'c', 'ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  expect((await claims().get({ namespace, name: 'c' })).status).toEqual({ phase: 'Lost' });
});

test('reclaim policies that nobody can carry out fail the volume', async () => {
  const namespace = await cluster.namespace('reclaim');
  for (const [policy, reason] of [
    ['Recycle', 'VolumeFailedRecycle'],
    ['Delete', 'VolumeFailedDelete'],
  ] as const) {
    const name = policy.toLowerCase();
    await volume(name, { persistentVolumeReclaimPolicy: policy, storageClassName: name });
    await claim(namespace, name, { storageClassName: name });
    await claimIs(namespace, name, 'Bound');
    await claims().delete({ namespace, name });
    await phaseIs(name, 'Failed');
    await eventually(async () => expect((await cluster.events('default', name)).join()).toContain(reason));
  }
});

test('classes: the first consumer is waited for, provisioners are asked, a default that comes later counts', async () => {
  const namespace = await cluster.namespace('classes');
  await storageClass('late', { volumeBindingMode: 'WaitForFirstConsumer' });
  await claim(namespace, 'late', { storageClassName: 'late' });
  await hears(namespace, 'late', 'WaitForFirstConsumer waiting for first consumer to be created before binding');
  const pod = { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'late' } }] };
  await cluster.of('pods').create({ metadata: { namespace, name: 'p', labels: { hold: 'true' } }, spec: pod } as AnyObject);
  await hears(namespace, 'late', 'WaitForPodScheduled waiting for pod p to be scheduled');
  await claims().patch({ namespace, name: 'late' }, { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n' } } });
  await eventually(async () =>
    expect((await claims().get({ namespace, name: 'late' })).metadata.annotations).toMatchObject({
      'volume.kubernetes.io/storage-provisioner': 'example.com/p',
      'volume.beta.kubernetes.io/storage-provisioner': 'example.com/p',
    }),
  );
  await claim(namespace, 'none', { storageClassName: undefined });
  await claim(namespace, 'missing', { storageClassName: 'missing' });
  await hears(namespace, 'missing', 'ProvisioningFailed storageclass.storage.k8s.io "missing" not found');
  await storageClass('usual', {}, { 'storageclass.kubernetes.io/is-default-class': 'true' });
  await eventually(async () => expect((await claims().get({ namespace, name: 'none' })).spec.storageClassName).toBe('usual'));
});

test('an ephemeral volume has a claim of its own, which goes with its pod', async () => {
  const namespace = await cluster.namespace('ephemeral');
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'none' },
  };
  const spec = {
    containers: [{ name: 'c', image: 'i' }],
    volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: template } }],
  };
  const pod = await cluster.of('pods').create({ metadata: { namespace, name: 'p' }, spec } as AnyObject);
  const own = await eventually(() => claims().get({ namespace, name: 'p-scratch' }));
  expect(own.metadata).toMatchObject({
    labels: { a: 'b' },
    ownerReferences: [{ kind: 'Pod', uid: pod.metadata.uid, controller: true }],
  });
  await claim(namespace, 'q-scratch');
  await cluster.of('pods').create({ metadata: { namespace, name: 'q' }, spec } as AnyObject);
  await hears(
    namespace,
    'q',
    `FailedBinding ephemeral volume scratch: PVC "${namespace}/q-scratch" was not created for pod "${namespace}/q" (pod is not owner)`,
  );
});
