import type { AnyObject } from '@windlass/meta';

/** Of the classes that one of the annotations marks as default: the newest, among equally old ones the first by name. */
export function defaultClass(classes: readonly AnyObject[], ...annotations: string[]): AnyObject | undefined {
  const isDefault = ({ metadata }: AnyObject) => annotations.some((key) => metadata.annotations?.[key] === 'true');
  const created = ({ metadata }: AnyObject) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  const order = (a: AnyObject, b: AnyObject) => created(b) - created(a) || (a.metadata.name! < b.metadata.name! ? -1 : 1);
  return classes.filter(isDefault).sort(order)[0];
}
