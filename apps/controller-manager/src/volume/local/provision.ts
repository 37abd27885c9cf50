import {
  LOCAL_DRIVER,
  LOCAL_PROVISIONER,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  PROVISIONED_BY,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  type StorageClass,
} from '@windlass/resources';

/** Keeps a volume until its data is gone; external-provisioner's (KEP-2644). */
export const PROVISIONER_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';
const HOSTNAME = 'kubernetes.io/hostname';
const MODES: readonly string[] = ['ReadWriteOnce', 'ReadWriteOncePod'];

/** The node that keeps a volume of ours; undefined for volumes of others. */
export const keeperOf = ({ spec }: PersistentVolume): string | undefined =>
  spec.csi?.driver === LOCAL_DRIVER ? spec.csi.volumeAttributes?.node : undefined;

export type Provisioning =
  | { do: 'make'; volume: PersistentVolume }
  /** It will never work as it is. */
  | { do: 'refuse'; message: string }
  /** The scheduler is to choose again. */
  | { do: 'reschedule'; message: string }
  /** Not ours, or not yet. */
  | { do: 'nothing' };

const refuse = (message: string): Provisioning => ({ do: 'refuse', message });

/** Whether, where and as what a claim gets a directory of a node. */
export function provisioning(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  node: (name: string) => Node | undefined,
): Provisioning {
  const { metadata, spec } = claim;
  const asked = metadata.annotations?.[STORAGE_PROVISIONER] === LOCAL_PROVISIONER;
  if (!asked || spec.volumeName || metadata.deletionTimestamp || storageClass?.provisioner !== LOCAL_PROVISIONER)
    return { do: 'nothing' };
  const [parameter] = Object.keys(storageClass.parameters ?? {});
  if (parameter) return refuse(`unknown parameter ${JSON.stringify(parameter)} of the storage class`);
  if (spec.selector) return refuse('claim Selector is not supported');
  if (spec.dataSource ?? spec.dataSourceRef) return refuse('claim DataSource is not supported');
  if (spec.volumeMode === 'Block') return refuse('volumeMode Block is not supported: volumes are directories');
  const wrong = (spec.accessModes ?? []).find((mode) => !MODES.includes(mode));
  if (wrong) return refuse(`access mode ${wrong} is not supported: only ${MODES.join(' and ')}`);
  const selected = metadata.annotations?.[SELECTED_NODE];
  if (!selected) return refuse('no node was selected: the storage class must have volumeBindingMode WaitForFirstConsumer');
  const found = node(selected);
  if (!found) return { do: 'reschedule', message: `node ${JSON.stringify(selected)} not found` };
  return { do: 'make', volume: localVolume(claim, storageClass, found) };
}

/** The volume of a claim: a directory that `node` makes when a pod mounts it (ADR 65). */
export function localVolume(claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node): PersistentVolume {
  const name = `pvc-${claim.metadata.uid}`;
  const { metadata, spec } = claim;
  const policy = storageClass.reclaimPolicy === 'Retain' ? 'Retain' : 'Delete';
  const hostname = node.metadata.labels?.[HOSTNAME] ?? node.metadata.name!;
  const { apiVersion = 'v1', kind = 'PersistentVolumeClaim' } = claim;
  return {
    metadata: {
      name,
      annotations: { [PROVISIONED_BY]: LOCAL_PROVISIONER },
      finalizers: policy === 'Delete' ? [PROVISIONER_FINALIZER] : undefined,
    },
    spec: {
      capacity: { storage: spec.resources!.requests!.storage! },
      accessModes: spec.accessModes,
      volumeMode: 'Filesystem',
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: policy,
      claimRef: {
        apiVersion,
        kind,
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      },
      csi: { driver: LOCAL_DRIVER, volumeHandle: name, volumeAttributes: { node: node.metadata.name! } },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [hostname] }] }] },
      },
    },
  };
}

/** What is to become of a volume of ours. */
export type Upkeep = { do: 'delete'; node: string } | { do: 'finalizers'; finalizers: string[] } | { do: 'nothing' };

/** Data goes once nobody claims it, if the policy is Delete; the finalizer is there as long as the policy is. */
export function upkeep({ metadata, spec, status }: PersistentVolume, node: string): Upkeep {
  const finalizers = metadata.finalizers ?? [];
  const has = finalizers.includes(PROVISIONER_FINALIZER);
  const deletes = spec.persistentVolumeReclaimPolicy === 'Delete';
  if (!deletes)
    return has
      ? { do: 'finalizers', finalizers: finalizers.filter((each) => each !== PROVISIONER_FINALIZER) }
      : { do: 'nothing' };
  const isFree = status?.phase === 'Released' || (!!metadata.deletionTimestamp && status?.phase !== 'Bound');
  if (isFree && (has || !metadata.deletionTimestamp)) return { do: 'delete', node };
  if (!has && !metadata.deletionTimestamp) return { do: 'finalizers', finalizers: [...finalizers, PROVISIONER_FINALIZER] };
  return { do: 'nothing' };
}
