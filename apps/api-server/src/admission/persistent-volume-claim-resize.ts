import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { Quantity } from '@windlass/meta';
import { type PersistentVolumeClaim, type StorageClass, storageClassOf } from '@windlass/resources';
import { isAbout } from './matches.ts';
import { refused } from './refused.ts';

const sizeOf = ({ spec }: PersistentVolumeClaim): Quantity => Quantity.parse(spec?.resources?.requests?.storage ?? 0);

/** A claim grows only when it is bound and its class can grow volumes. */
export const persistentVolumeClaimResize = (reader: ResourceReader): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  handles: (operation) => operation === 'UPDATE',
  validate(attributes) {
    if (!isAbout(attributes, '', 'persistentvolumeclaims')) return;
    const claim = attributes.object as unknown as PersistentVolumeClaim;
    const old = attributes.oldObject as unknown as PersistentVolumeClaim;
    if (sizeOf(claim).compare(sizeOf(old)) <= 0) return;
    if (old.status?.phase !== 'Bound') throw refused(attributes, 'Only bound persistent volume claims can be expanded');
    const name = storageClassOf(claim);
    const found = name === storageClassOf(old) ? reader.get('storage.k8s.io', 'storageclasses', '', name) : undefined;
    if (name === '' || (found as StorageClass | undefined)?.allowVolumeExpansion !== true)
      throw refused(
        attributes,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
  },
});
