import type { ManagedFieldsEntry } from '../object.ts';
import { decodeEntries, encodeEntries, type Manager, type Managers, managerId } from './entries.ts';
import { type FieldSet, fieldSetOf } from './field-set.ts';

const SCALE_VERSION = 'autoscaling/v1';
const SCALE_REPLICAS = fieldSetOf('spec.replicas');

/** Whether the set holds the one path of `path`. */
const holds = (set: FieldSet, path: FieldSet): boolean => !set.intersection(path).empty;

/** Managers of the Scale of an object: those who own its replicas. @param replicas dotted path in the object, e.g. `spec.replicas` */
export function scaleEntries(
  parent: readonly ManagedFieldsEntry[] | undefined,
  apiVersion: string,
  replicas: string,
): ManagedFieldsEntry[] | undefined {
  const path = fieldSetOf(replicas);
  const managers: Managers = new Map();
  for (const manager of decodeEntries(parent)?.values() ?? [])
    if (manager.apiVersion === apiVersion && holds(manager.set, path)) {
      const shown: Manager = { ...manager, apiVersion: SCALE_VERSION, set: SCALE_REPLICAS };
      managers.set(managerId(shown), shown);
    }
  return encodeEntries(managers);
}

/** Managers of an object after a write of its Scale, whose managers `scale` are: who is not among them has lost the replicas. */
export function parentEntries(
  parent: readonly ManagedFieldsEntry[] | undefined,
  scale: readonly ManagedFieldsEntry[] | undefined,
  apiVersion: string,
  replicas: string,
): ManagedFieldsEntry[] | undefined {
  const path = fieldSetOf(replicas);
  const owners = decodeEntries(scale) ?? new Map<string, Manager>();
  const managers: Managers = new Map();
  for (const [id, manager] of decodeEntries(parent) ?? []) {
    if (manager.apiVersion !== apiVersion) continue;
    if (!holds(manager.set, path) || owners.delete(id)) managers.set(id, manager);
    else {
      const set = manager.set.difference(path);
      if (!set.empty) managers.set(id, { ...manager, set });
    }
  }
  for (const owner of owners.values()) {
    if (!holds(owner.set, SCALE_REPLICAS)) continue;
    // As Kubernetes: the time of the scaling is not kept.
    const own: Manager = { ...owner, apiVersion, time: undefined, set: path };
    const known = managers.get(managerId(own));
    managers.set(managerId(own), known ? { ...own, set: known.set.union(path) } : own);
  }
  return encodeEntries(managers);
}
