import { isMap, type JsonMap } from '../json-value.ts';
import { type AnyObject, type ManagedFieldsEntry, parseApiVersion } from '../object.ts';
import { badRequest, plainError } from '../status-errors.ts';
import { formatTime } from '../time.ts';
import { appliedErrors } from './check-applied.ts';
import { compareValues, isSame } from './compare.ts';
import { type Conflict, conflictError } from './conflicts.ts';
import { decodeEntries, encodeEntries, type Manager, type Managers, managerId, stripUnowned } from './entries.ts';
import type { FieldSet } from './field-set.ts';
import type { ManagedType } from './managed-type.ts';
import { mergeValues, removeItems } from './merge-values.ts';
import { conflictsOf, dispossess, type FieldManagerRequest, filtered, recordUpdate } from './update.ts';
import { fieldSetOfValue, withNamedFields } from './walk.ts';

export interface ApplyRequest extends FieldManagerRequest {
  /** Take fields over instead of answering 409. */
  force: boolean;
}

export interface ApplyResult {
  /** The merged object, not yet decoded and defaulted; undefined when nothing but ownership changed. Shares parts with `live`. */
  object: AnyObject | undefined;
  managedFields: ManagedFieldsEntry[] | undefined;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const BEFORE_FIRST_APPLY = 'before-first-apply';

function checkApplied(applied: AnyObject, request: ApplyRequest): void {
  if (applied.metadata?.managedFields) throw badRequest('metadata.managedFields must be nil');
  const errors = appliedErrors(request.type, applied);
  if (errors.length === 0) return;
  const { group, version } = parseApiVersion(applied.apiVersion ?? '');
  const who = `${applied.metadata?.namespace ?? ''}/${applied.metadata?.name ?? ''}; ${group}/${version}, Kind=${applied.kind}`;
  const what = errors.length === 1 ? errors[0] : `errors:\n${errors.map((error) => `  ${error}`).join('\n')}`;
  throw plainError(`failed to create typed patch object (${who}): ${what}`);
}

/** Removes what the applier claimed before, claims no longer, and nobody else claims. */
function prune(type: ManagedType, merged: JsonMap, managers: Managers, last: FieldSet | undefined): JsonMap {
  if (!last || last.empty) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, type);
  const mergedSet = named(fieldSetOfValue(type, merged));
  const setOf = (value: unknown): FieldSet => named(fieldSetOfValue(type, value ?? {}));
  const without = (set: FieldSet): unknown => removeItems(type, merged, set);
  let pruned = without(named(last));
  // Add back what anyone still claims, then what was never the applier's.
  let claimed = setOf(pruned);
  for (const manager of managers.values()) claimed = claimed.union(named(manager.set));
  pruned = without(mergedSet.difference(claimed));
  pruned = without(mergedSet.difference(setOf(pruned)).intersection(named(last)));
  return (pruned ?? {}) as JsonMap;
}

/** Paths that kubectl's client-side apply had set: the first server-side apply by kubectl takes them over without a conflict. */
function lastAppliedSet(live: AnyObject | undefined, type: ManagedType): FieldSet | undefined {
  const text = live?.metadata.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  try {
    return fieldSetOfValue(type, JSON.parse(text));
  } catch {
    return undefined;
  }
}

function checkConflicts(conflicts: Map<string, Conflict>, live: AnyObject | undefined, request: ApplyRequest): void {
  if (request.force || conflicts.size === 0) return;
  const allowed = request.manager === 'kubectl' ? lastAppliedSet(live, request.type) : undefined;
  const left = [...conflicts.values()]
    .map(({ manager, fields }) => ({ manager, fields: allowed ? fields.difference(allowed) : fields }))
    .filter(({ fields }) => !fields.empty);
  if (left.length > 0) throw conflictError(left);
}

const withoutManagedFields = (object: AnyObject): AnyObject => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};

/**
 * Server-side apply of `applied` (the parsed body as the client wrote it: no defaults) to `live`, or to nothing.
 * Neither is changed. @throws StatusError 400 and 500 for a body that does not fit the schema, 409 for conflicts
 */
export function applyConfiguration(live: AnyObject | undefined, applied: AnyObject, request: ApplyRequest): ApplyResult {
  checkApplied(applied, request);
  const { type, resetFields } = request;
  const base = live ? withoutManagedFields(live) : (request.empty as AnyObject);
  const managers = decodeEntries(live?.metadata.managedFields) ?? new Map<string, Manager>();
  if (live && managers.size === 0) {
    const creator = { ...request, manager: BEFORE_FIRST_APPLY, subresource: '' };
    recordUpdate(managers, request.empty, base, creator, formatTime(request.now));
    stripUnowned(managers);
  }
  let claim = fieldSetOfValue(type, applied);
  if (resetFields) claim = claim.recursiveDifference(resetFields);
  const self: Manager = {
    manager: request.manager,
    operation: 'Apply',
    apiVersion: request.apiVersion,
    subresource: request.subresource ?? '',
    time: undefined,
    set: claim,
  };
  const id = managerId(self);
  const previous = managers.get(id);
  managers.set(id, { ...self, time: previous?.time });
  const merged = mergeValues(type, base, applied) as JsonMap;
  const next = prune(type, merged, managers, previous?.set);
  const comparison = filtered(compareValues(type, base, next), resetFields);
  const conflicts = conflictsOf(managers, comparison, id);
  checkConflicts(conflicts, live, request);
  dispossess(managers, conflicts, comparison.removed, id);
  stripUnowned(managers);
  const own = managers.get(id);
  // Taking over fields without a change of the object leaves the time as it was.
  if (own && !(live && isSame(comparison))) managers.set(id, { ...own, time: formatTime(request.now) });
  const managedFields = encodeEntries(managers);
  if (isSame(comparison) && live) return { object: undefined, managedFields };
  return { object: withMetadata(next), managedFields };
}

const withMetadata = (object: JsonMap): AnyObject => (isMap(object.metadata) ? object : { ...object, metadata: {} }) as AnyObject;
