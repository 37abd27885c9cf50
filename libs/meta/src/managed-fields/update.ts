import type { AnyObject, ManagedFieldsEntry } from '../object.ts';
import { formatTime } from '../time.ts';
import { type Comparison, compareValues } from './compare.ts';
import type { Conflict } from './conflicts.ts';
import {
  capUpdateManagers,
  decodeEntries,
  encodeEntries,
  type Manager,
  type Managers,
  managerId,
  stripUnowned,
} from './entries.ts';
import { FieldSet } from './field-set.ts';
import type { ManagedType } from './managed-type.ts';
import { hasShape, type Shape, shapeOf } from './shape.ts';

/** What both kinds of write say of themselves. */
export interface FieldManagerRequest {
  /** Who writes: the fieldManager parameter, or the user agent up to the first `/`. */
  manager: string;
  /** Version of the endpoint, `apps/v1`. */
  apiVersion: string;
  /** '' or the subresource written, as `status`. */
  subresource?: string;
  now: Date;
  type: ManagedType;
  /** What a new object of the kind looks like before anything is set ({@link emptyObject}); custom resources: `{}`. */
  empty: Record<string, unknown>;
  /** Subtrees that this endpoint does not write, so that nobody comes to own them here: `status` for the object itself. */
  resetFields?: FieldSet;
}

const EMPTY = new FieldSet();

export function filtered(comparison: Comparison, reset: FieldSet | undefined): Comparison {
  if (!reset) return comparison;
  return {
    added: comparison.added.recursiveDifference(reset),
    modified: comparison.modified.recursiveDifference(reset),
    removed: comparison.removed.recursiveDifference(reset),
  };
}

/** Fields of other managers that the change touches. */
export function conflictsOf(managers: Managers, comparison: Comparison, self: string): Map<string, Conflict> {
  const touched = comparison.modified.union(comparison.added);
  const conflicts = new Map<string, Conflict>();
  if (touched.empty) return conflicts;
  for (const [id, manager] of managers) {
    if (id === self) continue;
    const fields = manager.set.intersection(touched);
    if (!fields.empty) conflicts.set(id, { manager, fields });
  }
  return conflicts;
}

/** Takes changed and removed fields away from the other managers. */
export function dispossess(managers: Managers, conflicts: Map<string, Conflict>, removed: FieldSet, self: string): void {
  for (const [id, manager] of managers) {
    if (id === self) continue;
    const set = manager.set.difference(conflicts.get(id)?.fields ?? EMPTY).difference(removed);
    if (set.empty) managers.delete(id);
    else if (set !== manager.set) managers.set(id, { ...manager, set });
  }
}

/** Kubernetes' signs for "forget all managers": an empty list, or a single empty entry. */
const isReset = (entries: readonly ManagedFieldsEntry[] | undefined): boolean =>
  entries?.length === 0 || (entries?.length === 1 && Object.keys(entries[0] as object).length === 0);

function managersOf(old: AnyObject | undefined, object: AnyObject, subresource: string): Managers {
  const live = old?.metadata.managedFields;
  if (subresource) return decodeEntries(live) ?? new Map();
  const given = object.metadata.managedFields;
  if (isReset(given)) return new Map();
  const decoded = decodeEntries(given);
  return decoded && decoded.size > 0 ? decoded : (decodeEntries(live) ?? new Map());
}

/** Adds what changed between the two values to the writer's claim. Changes `managers`. */
export function recordUpdate(
  managers: Managers,
  before: unknown,
  after: unknown,
  request: FieldManagerRequest,
  time: string | undefined,
): void {
  const comparison = filtered(compareValues(request.type, before, after), request.resetFields);
  dispossess(managers, conflictsOf(managers, comparison, ''), comparison.removed, '');
  const claim = comparison.modified.union(comparison.added);
  if (claim.empty) return;
  const self: Manager = {
    manager: request.manager,
    operation: 'Update',
    apiVersion: request.apiVersion,
    subresource: request.subresource ?? '',
    time,
    set: claim,
  };
  const id = managerId(self);
  const previous = managers.get(id);
  managers.set(id, previous ? { ...self, set: claim.union(previous.set) } : self);
}

/**
 * metadata.managedFields after a create, update or non-apply patch. `object` is the decoded and defaulted new object, before
 * admission; `old` the stored one. Neither is changed. An object that has no managers gets none by an update.
 */
export function updateManagedFields(
  old: AnyObject | undefined,
  object: AnyObject,
  request: FieldManagerRequest,
): ManagedFieldsEntry[] | undefined {
  if (!old && !object.metadata.managedFields && !request.subresource) return firstEntries(object, request);
  const managers = managersOf(old, object, request.subresource ?? '');
  if (managers.size === 0 && old) return undefined;
  recordUpdate(managers, old ?? request.empty, object, request, formatTime(request.now));
  stripUnowned(managers);
  capUpdateManagers(managers);
  return encodeEntries(managers);
}

/** Objects of one shape get the same set: templates make thousands of them. Those of each type, the last used first. */
const KEPT_SHAPES = 32;
const firstSets = new WeakMap<ManagedType, { shape: Shape; fieldsV1: FieldsV1 | undefined }[]>();

type FieldsV1 = NonNullable<ManagedFieldsEntry['fieldsV1']>;

function firstEntries(object: AnyObject, request: FieldManagerRequest): ManagedFieldsEntry[] | undefined {
  const { type } = request;
  const kept = firstSets.get(type) ?? [];
  firstSets.set(type, kept);
  const at = kept.findIndex(({ shape }) => hasShape(type, object, shape));
  if (at !== 0) {
    const first = at > 0 ? kept.splice(at, 1)[0]! : { shape: shapeOf(type, object), fieldsV1: firstSet(object, request) };
    kept.unshift(first);
    kept.length = Math.min(kept.length, KEPT_SHAPES);
  }
  const { fieldsV1 } = kept[0]!;
  if (!fieldsV1) return undefined;
  const { manager, apiVersion } = request;
  const time = formatTime(request.now);
  return [{ ...(manager ? { manager } : {}), operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 }];
}

function firstSet(object: AnyObject, request: FieldManagerRequest): FieldsV1 | undefined {
  const managers: Managers = new Map();
  recordUpdate(managers, request.empty, object, request, undefined);
  stripUnowned(managers);
  return encodeEntries(managers)?.[0]?.fieldsV1 as FieldsV1 | undefined;
}
