import type { ManagedFieldsEntry } from '../object.ts';
import { FieldSet, fieldSetOf, fieldsV1Of, parseFieldsV1 } from './field-set.ts';

/** One manager's claim, decoded. */
export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
  time: string | undefined;
  set: FieldSet;
}

/** Managers by identity; appliers are the same whatever version they used. */
export type Managers = Map<string, Manager>;

export const managerId = ({ manager, operation, apiVersion, subresource }: Omit<Manager, 'set' | 'time'>): string =>
  JSON.stringify([manager, operation, operation === 'Update' ? apiVersion : '', subresource]);

/** metadata.managedFields → managers; undefined when an entry cannot be understood. */
export function decodeEntries(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  const managers: Managers = new Map();
  for (const entry of entries ?? []) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined;
    if (!entry.apiVersion || (entry.fieldsType !== undefined && entry.fieldsType !== 'FieldsV1')) return undefined;
    const decoded: Manager = {
      manager: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      subresource: entry.subresource ?? '',
      time: entry.time,
      set: parseFieldsV1(entry.fieldsV1),
    };
    managers.set(managerId(decoded), decoded);
  }
  return managers;
}

const seconds = (time: string | undefined): number => (time ? Math.floor(Date.parse(time) / 1000) : 0);
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (a: Manager, b: Manager): number =>
  text(a.operation, b.operation) ||
  seconds(a.time) - seconds(b.time) ||
  text(a.manager, b.manager) ||
  text(a.apiVersion, b.apiVersion) ||
  text(a.subresource, b.subresource);

/** Paths that nobody owns: identity and what the server keeps. */
const STRIPPED = new FieldSet(false, new Map(fieldSetOf('apiVersion', 'kind').children));
STRIPPED.add(
  'f:metadata',
  new FieldSet(
    true,
    fieldSetOf(
      'name',
      'namespace',
      'creationTimestamp',
      'selfLink',
      'uid',
      'clusterName',
      'generation',
      'managedFields',
      'resourceVersion',
    ).children,
  ),
);

/** Takes the unowned paths out of every claim; claims that become empty go. */
export function stripUnowned(managers: Managers): void {
  for (const [id, manager] of managers) {
    const set = manager.set.difference(STRIPPED);
    if (set.empty) managers.delete(id);
    else if (set !== manager.set) managers.set(id, { ...manager, set });
  }
}

/** Kubernetes keeps so many Update managers; older ones are put together. */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';

export function capUpdateManagers(managers: Managers): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update' && manager.subresource === '');
  let extra = updaters.length - MAX_UPDATE_MANAGERS;
  if (extra <= 0) return;
  updaters.sort(([, a], [, b]) => seconds(a.time) - seconds(b.time) || text(a.manager, b.manager));
  const buckets = new Map<string, string>();
  for (const [id, old] of updaters) {
    if (extra <= 0) return;
    const bucketId = buckets.get(old.apiVersion);
    const bucket = bucketId === undefined ? undefined : managers.get(bucketId);
    const merged: Manager = {
      ...old,
      manager: ANCIENT,
      time: bucket && seconds(bucket.time) > seconds(old.time) ? bucket.time : old.time,
      set: bucket ? bucket.set.union(old.set) : old.set,
    };
    managers.delete(id);
    const newId = managerId(merged);
    managers.set(newId, merged);
    buckets.set(old.apiVersion, newId);
    if (bucket) extra--;
  }
}

/** Managers → metadata.managedFields in Kubernetes' order; undefined when there is none. */
export function encodeEntries(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(inOrder).map(({ manager, operation, apiVersion, time, set, subresource }) => ({
    ...(manager ? { manager } : {}),
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1' as const,
    fieldsV1: fieldsV1Of(set),
    ...(subresource ? { subresource } : {}),
  }));
}
