import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '@windlass/resources';
import { type ClaimView, planClaim } from './plan-claim.ts';
import { planVolume, unboundVolume } from './plan-volume.ts';

const volume = (spec: object = {}, { phase = 'Available', annotations = {} }: { phase?: string; annotations?: object } = {}) =>
  ({
    metadata: { name: 'v', uid: 'vu', annotations },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
    status: { phase },
  }) as PersistentVolume;

const claim = (spec: object = {}, annotations: object = {}, metadata: object = {}): PersistentVolumeClaim =>
  ({
    metadata: { name: 'c', namespace: 'n', uid: 'u', annotations, ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '', ...spec },
  }) as PersistentVolumeClaim;

const bound = { 'pv.kubernetes.io/bind-completed': 'yes' };
const claimRef = { name: 'c', namespace: 'n', uid: 'u' };
const theirs = { name: 'd', namespace: 'n', uid: 'x' };
const classes: Record<string, object> = {
  late: { volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'example.com/p' },
  soon: { volumeBindingMode: 'Immediate', provisioner: 'example.com/p' },
  hand: { volumeBindingMode: 'Immediate', provisioner: 'kubernetes.io/no-provisioner' },
};

const view = (volumes: PersistentVolume[], more: Partial<ClaimView> = {}): ClaimView => ({
  volumes,
  volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
  storageClass: (name) => classes[name] as unknown as StorageClass | undefined,
  defaultClass: undefined,
  taken: new Set<string>(),
  waitingPods: [],
  ...more,
});

describe('planClaim', () => {
  it.each<[string, PersistentVolumeClaim, ClaimView, object]>([
    ['binds what fits', claim(), view([volume()]), { do: 'bind' }],
    ['not what another claim is getting', claim(), view([volume()], { taken: new Set(['v']) }), { do: 'wait' }],
    [
      'waits where nothing fits and no class is asked for',
      claim(),
      view([]),
      {
        do: 'wait',
        event: { reason: 'FailedBinding', message: 'no persistent volumes available for this claim and no storage class is set' },
      },
    ],
    [
      'takes a default class that came later',
      claim({ storageClassName: undefined }),
      view([], { defaultClass: 'late' }),
      { do: 'setClass', name: 'late' },
    ],
    ['leaves an empty class alone', claim(), view([], { defaultClass: 'late' }), { do: 'wait' }],
    [
      'waits for a consumer',
      claim({ storageClassName: 'late' }),
      view([]),
      { do: 'wait', event: { reason: 'WaitForFirstConsumer' } },
    ],
    [
      'waits for pods',
      claim({ storageClassName: 'late' }),
      view([], { waitingPods: ['a', 'b'] }),
      { do: 'wait', event: { reason: 'WaitForPodScheduled', message: 'waiting for pods a,b to be scheduled' } },
    ],
    [
      'has a volume made for the selected node',
      claim({ storageClassName: 'late' }, { 'volume.kubernetes.io/selected-node': 'n1' }),
      view([]),
      { do: 'provision', provisioner: 'example.com/p', event: { reason: 'ExternalProvisioning' } },
    ],
    ['has a volume made at once', claim({ storageClassName: 'soon' }), view([]), { do: 'provision' }],
    [
      'not by nobody',
      claim({ storageClassName: 'hand' }),
      view([]),
      {
        do: 'wait',
        event: { reason: 'ProvisioningFailed', message: 'no volume plugin matched name: kubernetes.io/no-provisioner' },
      },
    ],
    [
      'says that a class is missing',
      claim({ storageClassName: 'none' }),
      view([]),
      { do: 'wait', event: { message: 'storageclass.storage.k8s.io "none" not found' } },
    ],
    [
      'asks nothing for a claim that goes',
      claim({ storageClassName: 'soon' }, {}, { deletionTimestamp: 'x' }),
      view([]),
      { do: 'wait' },
    ],
    ['waits for the volume that it names', claim({ volumeName: 'v' }), view([]), { do: 'wait' }],
    ['binds the volume that it names', claim({ volumeName: 'v' }), view([volume()]), { do: 'bind' }],
    [
      'refuses a volume that does not fit',
      claim({ volumeName: 'v' }),
      view([volume({ capacity: { storage: '1Mi' } })]),
      {
        do: 'wait',
        event: { reason: 'VolumeMismatch', message: 'Cannot bind to requested volume "v": requested PV is too small' },
      },
    ],
    ['goes on with a binding', claim({ volumeName: 'v' }), view([volume({ claimRef })]), { do: 'bind' }],
    [
      'refuses a volume of another',
      claim({ volumeName: 'v' }),
      view([volume({ claimRef: theirs })]),
      { do: 'wait', event: { reason: 'FailedBinding', message: 'volume "v" already bound to a different claim.' } },
    ],
    ['keeps what is bound', claim({ volumeName: 'v' }, bound), view([volume({ claimRef })]), { do: 'bind' }],
    ['mends a lost claimRef', claim({ volumeName: 'v' }, bound), view([volume()]), { do: 'bind' }],
    ['loses its volume', claim({ volumeName: 'v' }, bound), view([]), { do: 'lost', event: { reason: 'ClaimLost' } }],
    ['loses its reference', claim({}, bound), view([volume()]), { do: 'lost', event: { reason: 'ClaimLost' } }],
    [
      'is bound wrongly',
      claim({ volumeName: 'v' }, bound),
      view([volume({ claimRef: theirs })]),
      { do: 'lost', event: { reason: 'ClaimMisbound' } },
    ],
  ])('%s', (_, wanted, seen, plan) => {
    expect(planClaim(wanted, seen)).toMatchObject(plan);
  });
});

describe('planVolume', () => {
  const provisioned = { annotations: { 'pv.kubernetes.io/provisioned-by': 'example.com/p' } };
  const released = { phase: 'Released' };
  it.each<[string, PersistentVolume, PersistentVolumeClaim | undefined, object]>([
    ['is available', volume(), undefined, { do: 'phase', phase: 'Available' }],
    [
      'is available while reserved',
      volume({ claimRef: { name: 'c', namespace: 'n' } }),
      claim(),
      { do: 'phase', phase: 'Available' },
    ],
    ['is bound', volume({ claimRef }), claim({ volumeName: 'v' }), { do: 'phase', phase: 'Bound' }],
    ['leaves the rest to the claim', volume({ claimRef }), claim(), { do: 'lookAtClaim', mismatch: false }],
    [
      'is of another mode than its claim',
      volume({ claimRef }),
      claim({ volumeMode: 'Block' }),
      { do: 'lookAtClaim', mismatch: true },
    ],
    ['is released with its claim', volume({ claimRef }), undefined, { do: 'phase', phase: 'Released' }],
    [
      'is released when another claim has the name',
      volume({ claimRef }),
      claim({}, {}, { uid: 'new' }),
      { do: 'phase', phase: 'Released' },
    ],
    ['is given back when its claim went elsewhere', volume({ claimRef }), claim({ volumeName: 'w' }), { do: 'unbind' }],
    [
      'is released when it was made for a claim that went elsewhere',
      volume({ claimRef, persistentVolumeReclaimPolicy: 'Delete' }, provisioned),
      claim({ volumeName: 'w' }),
      { do: 'phase', phase: 'Released' },
    ],
    ['is kept', volume({ claimRef, persistentVolumeReclaimPolicy: 'Retain' }, released), undefined, { do: 'nothing' }],
    [
      'cannot be recycled',
      volume({ claimRef, persistentVolumeReclaimPolicy: 'Recycle' }, released),
      undefined,
      { do: 'fail', event: { reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' } },
    ],
    [
      'cannot be deleted when nobody made it',
      volume({ claimRef, persistentVolumeReclaimPolicy: 'Delete' }, released),
      undefined,
      { do: 'fail', event: { reason: 'VolumeFailedDelete' } },
    ],
    [
      'is left to its provisioner',
      volume({ claimRef, persistentVolumeReclaimPolicy: 'Delete' }, { ...released, ...provisioned }),
      undefined,
      { do: 'nothing' },
    ],
    [
      'stays failed',
      volume({ claimRef, persistentVolumeReclaimPolicy: 'Recycle' }, { phase: 'Failed' }),
      undefined,
      { do: 'nothing' },
    ],
  ])('%s', (_, one, its, plan) => {
    expect(planVolume(one, its)).toMatchObject(plan);
  });

  it('gives back a reservation by the user without uid, another one whole', () => {
    expect(unboundVolume(volume({ claimRef }))).toEqual({ claimRef: { ...claimRef, uid: null }, byController: false });
    const byController = volume({ claimRef }, { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } });
    expect(unboundVolume(byController)).toEqual({ claimRef: null, byController: true });
  });
});
