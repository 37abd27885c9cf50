import type { AdmissionPlugin } from '@windlass/apiserver';

/** `group/resource` → the finalizer that a controller removes once nobody uses the object. */
const FINALIZERS: Record<string, string> = {
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

/** Storage that is in use cannot be deleted. */
export const storageObjectInUseProtection = (): AdmissionPlugin => ({
  name: 'StorageObjectInUseProtection',
  handles: (operation) => operation === 'CREATE',
  admit({ resource, subresource, object }) {
    const finalizer = FINALIZERS[`${resource.group}/${resource.resource}`];
    if (finalizer === undefined || subresource !== '') return;
    const { metadata } = object!;
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
  },
});
