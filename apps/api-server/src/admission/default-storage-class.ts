import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { BETA_CLASS, type PersistentVolumeClaim } from '@windlass/resources';
import { defaultClass } from './default-class.ts';
import { isAbout } from './matches.ts';

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const BETA_DEFAULT = 'storageclass.beta.kubernetes.io/is-default-class';

/** A new claim that asks for no class gets the default one, if there is one. */
export const defaultStorageClass = (reader: ResourceReader): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  handles: (operation) => operation === 'CREATE',
  admit(attributes) {
    if (!isAbout(attributes, '', 'persistentvolumeclaims')) return;
    const { metadata, spec } = attributes.object as unknown as PersistentVolumeClaim;
    if (spec!.storageClassName !== undefined || metadata.annotations?.[BETA_CLASS] !== undefined) return;
    const name = defaultClass(reader.list('storage.k8s.io', 'storageclasses'), DEFAULT, BETA_DEFAULT)?.metadata.name;
    if (name !== undefined) spec!.storageClassName = name;
  },
});
