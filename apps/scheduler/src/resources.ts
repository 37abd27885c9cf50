import type { ResourceRef } from '@windlass/client';

const ref = (group: string, resource: string, kind: string, namespaced: boolean): ResourceRef & { kind: string } => ({
  group,
  version: 'v1',
  resource,
  namespaced,
  kind,
});

/** Every resource that the scheduler reads or writes. */
export const PODS = ref('', 'pods', 'Pod', true);
export const NODES = ref('', 'nodes', 'Node', false);
export const NAMESPACES = ref('', 'namespaces', 'Namespace', false);
export const CLAIMS = ref('', 'persistentvolumeclaims', 'PersistentVolumeClaim', true);
export const VOLUMES = ref('', 'persistentvolumes', 'PersistentVolume', false);
export const STORAGE_CLASSES = ref('storage.k8s.io', 'storageclasses', 'StorageClass', false);
export const BUDGETS = ref('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', true);
