import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '@windlass/resources';
import { keeperOf, PROVISIONER_FINALIZER, provisioning, upkeep } from './provision.ts';

const OURS = 'windlass.dev/local';
const storageClass = (more: object = {}): StorageClass =>
  ({ metadata: { name: 'local' }, provisioner: OURS, reclaimPolicy: 'Delete', ...more }) as StorageClass;
const claim = (spec: object = {}, annotations: object = {}): PersistentVolumeClaim =>
  ({
    metadata: {
      name: 'c',
      namespace: 'n',
      uid: 'u',
      annotations: {
        'volume.kubernetes.io/storage-provisioner': OURS,
        'volume.kubernetes.io/selected-node': 'n1',
        ...annotations,
      },
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'local', ...spec },
  }) as PersistentVolumeClaim;
const node = (name: string): Node | undefined =>
  name === 'n1' ? ({ metadata: { name, labels: { 'kubernetes.io/hostname': 'host-1' } } } as unknown as Node) : undefined;

it.each<[string, PersistentVolumeClaim, StorageClass | undefined, object]>([
  ['another provisioner', claim({}, { 'volume.kubernetes.io/storage-provisioner': 'x' }), storageClass(), { do: 'nothing' }],
  ['a class that is gone', claim(), undefined, { do: 'nothing' }],
  ['a claim that has a volume', claim({ volumeName: 'v' }), storageClass(), { do: 'nothing' }],
  [
    'a node that is gone',
    claim({}, { 'volume.kubernetes.io/selected-node': 'n2' }),
    storageClass(),
    { do: 'reschedule', message: 'node "n2" not found' },
  ],
  ['no node', claim({}, { 'volume.kubernetes.io/selected-node': undefined }), storageClass(), { do: 'refuse' }],
  [
    'Block',
    claim({ volumeMode: 'Block' }),
    storageClass(),
    { do: 'refuse', message: 'volumeMode Block is not supported: volumes are directories' },
  ],
  [
    'many writers',
    claim({ accessModes: ['ReadWriteMany'] }),
    storageClass(),
    { do: 'refuse', message: 'access mode ReadWriteMany is not supported: only ReadWriteOnce and ReadWriteOncePod' },
  ],
  ['a selector', claim({ selector: {} }), storageClass(), { do: 'refuse', message: 'claim Selector is not supported' }],
  [
    'a source',
    claim({ dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } }),
    storageClass(),
    { do: 'refuse', message: 'claim DataSource is not supported' },
  ],
  [
    'parameters',
    claim(),
    storageClass({ parameters: { path: '/x' } }),
    { do: 'refuse', message: 'unknown parameter "path" of the storage class' },
  ],
])('provisioning: %s', (_, one, its, plan) => {
  expect(provisioning(one, its, node)).toMatchObject(plan);
});

it('makes a volume that only its node reaches', () => {
  const plan = provisioning(claim(), storageClass(), node) as { volume: PersistentVolume };
  expect(plan.volume).toMatchObject({
    metadata: { name: 'pvc-u', annotations: { 'pv.kubernetes.io/provisioned-by': OURS }, finalizers: [PROVISIONER_FINALIZER] },
    spec: {
      capacity: { storage: '1Gi' },
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { namespace: 'n', name: 'c', uid: 'u' },
      csi: { driver: 'local.windlass.dev', volumeHandle: 'pvc-u' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ values: ['host-1'] }] }] } },
    },
  });
  expect(keeperOf(plan.volume)).toBe('n1');
  const kept = provisioning(claim(), storageClass({ reclaimPolicy: 'Retain' }), node) as { volume: PersistentVolume };
  expect(kept.volume).toMatchObject({ metadata: { finalizers: undefined }, spec: { persistentVolumeReclaimPolicy: 'Retain' } });
});

describe('upkeep', () => {
  const volume = (policy: string, phase: string, metadata: object = {}): PersistentVolume =>
    ({
      metadata: { name: 'v', ...metadata },
      spec: { persistentVolumeReclaimPolicy: policy },
      status: { phase },
    }) as PersistentVolume;
  const ours = { finalizers: [PROVISIONER_FINALIZER] };
  const deleting = { deletionTimestamp: 'x' };
  it.each<[string, PersistentVolume, object]>([
    ['a released volume goes', volume('Delete', 'Released', ours), { do: 'delete', node: 'n1' }],
    ['a bound one stays', volume('Delete', 'Bound', ours), { do: 'nothing' }],
    ['a bound one that is deleted waits', volume('Delete', 'Bound', { ...ours, ...deleting }), { do: 'nothing' }],
    ['a free one that is deleted goes', volume('Delete', 'Available', { ...ours, ...deleting }), { do: 'delete', node: 'n1' }],
    ['one whose data is gone is left alone', volume('Delete', 'Released', deleting), { do: 'nothing' }],
    ['a kept one stays', volume('Retain', 'Released'), { do: 'nothing' }],
    [
      'the policy became Retain',
      volume('Retain', 'Bound', { finalizers: ['a', PROVISIONER_FINALIZER] }),
      { do: 'finalizers', finalizers: ['a'] },
    ],
    [
      'the policy became Delete',
      volume('Delete', 'Bound', { finalizers: ['a'] }),
      { do: 'finalizers', finalizers: ['a', PROVISIONER_FINALIZER] },
    ],
  ])('%s', (_, one, plan) => {
    expect(upkeep(one, 'n1')).toEqual(plan);
  });
});
