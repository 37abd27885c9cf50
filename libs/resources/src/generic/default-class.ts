import type { KubeObject } from '@windlass/meta';

/** Marks of the default StorageClass; the second is older. */
export const DEFAULT_STORAGE_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
] as const;

/** Of the classes that one of the annotations marks as default: the newest, among equally old ones the first by name. */
export function defaultClass<T extends KubeObject>(classes: readonly T[], ...annotations: readonly string[]): T | undefined {
  const isDefault = ({ metadata }: T) => annotations.some((key) => metadata.annotations?.[key] === 'true');
  const created = ({ metadata }: T) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  const order = (a: T, b: T) => created(b) - created(a) || (a.metadata.name! < b.metadata.name! ? -1 : 1);
  return classes.filter(isDefault).sort(order)[0];
}
