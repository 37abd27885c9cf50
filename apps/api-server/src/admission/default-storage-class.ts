import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { BETA_CLASS, DEFAULT_STORAGE_CLASS, defaultClass, type PersistentVolumeClaim } from '@windlass/resources';
import { isAbout } from './matches.ts';

/** A new claim that asks for no class gets the default one, if there is one. */
export const defaultStorageClass = (reader: ResourceReader): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  handles: (operation) => operation === 'CREATE',
  admit(attributes) {
    if (!isAbout(attributes, '', 'persistentvolumeclaims')) return;
    const { metadata, spec } = attributes.object as unknown as PersistentVolumeClaim;
    if (spec!.storageClassName !== undefined || metadata.annotations?.[BETA_CLASS] !== undefined) return;
    const name = defaultClass(reader.list('storage.k8s.io', 'storageclasses'), ...DEFAULT_STORAGE_CLASS)?.metadata.name;
    if (name !== undefined) spec!.storageClassName = name;
  },
});
