import { randomUUID } from 'node:crypto';
import {
  type AnyObject,
  badRequest,
  equalJson,
  type FieldError,
  formatTime,
  generateName,
  type NameRule,
  type ResourceDefinition,
  validateObjectMeta,
} from '@windlass/meta';
import type { RequestContext } from '../seams.ts';

/** Fills metadata.name from generateName. @returns true when it did */
export function nameIfGenerated({ metadata }: AnyObject): boolean {
  if (metadata.name || !metadata.generateName) return false;
  metadata.name = generateName(metadata.generateName, Math.random);
  return true;
}

/** Metadata that the server alone writes on a create. */
export function fillSystemMetadata({ metadata }: AnyObject, now: Date): void {
  metadata.uid = randomUUID();
  metadata.creationTimestamp = formatTime(now);
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/** Metadata that the server alone writes survives every update; what a client sets to another value is for the validation to refuse. */
export function keepSystemMetadata({ metadata }: AnyObject, { metadata: old }: AnyObject): void {
  metadata.uid ||= old.uid;
  metadata.creationTimestamp ??= old.creationTimestamp;
  if (old.generation !== undefined) metadata.generation = old.generation;
  else delete metadata.generation;
  if (old.deletionTimestamp) metadata.deletionTimestamp ??= old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/** @throws StatusError 400 when the object names another namespace than the request */
export function settleNamespace(definition: ResourceDefinition, context: RequestContext, { metadata }: AnyObject): void {
  if (definition.scope !== 'Namespaced') {
    delete metadata.namespace;
    return;
  }
  metadata.namespace ||= context.info.namespace;
  if (metadata.namespace !== context.info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Owner references with the same uid are one, the first; a warning tells. */
export function dedupOwners({ metadata }: AnyObject, warnings: string[]): void {
  const owners = metadata.ownerReferences;
  if (!owners || owners.length < 2) return;
  const seen = new Set<string>();
  const repeated = new Set<string>();
  metadata.ownerReferences = owners.filter(({ uid }) => {
    if (!seen.has(uid)) return seen.add(uid);
    repeated.add(uid);
    return false;
  });
  if (repeated.size > 0)
    warnings.push(
      `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...repeated].join(', ')}`,
    );
}

/** What metadata.generation counts the changes of: everything but metadata, and but a status that has its own subresource. */
function counted(
  { metadata, status, ...rest }: AnyObject,
  { custom, subresources, generationCovers: covers }: ResourceDefinition,
): object {
  const more = covers ? { [covers]: metadata[covers] ?? {} } : {};
  return { ...rest, ...(custom && !subresources?.status ? { status } : {}), ...more };
}

export function bumpGeneration(definition: ResourceDefinition, object: AnyObject, old: AnyObject): void {
  const now = counted(object, definition);
  const before = counted(old, definition);
  const generation = old.metadata.generation ?? 0;
  object.metadata.generation = equalJson(now, before) ? generation : generation + 1;
  if (object.metadata.generation === 0) delete object.metadata.generation;
}

/** Names, labels, annotations, owners and finalizers, as the kind allows them. */
export const checkMetadata = (
  { scope, bareFinalizers }: ResourceDefinition,
  { metadata }: AnyObject,
  rule: NameRule,
): FieldError[] => validateObjectMeta(metadata, scope === 'Namespaced', rule, undefined, bareFinalizers);

/** The last finalizer is gone from an object that is being deleted, no grace period runs, and its kind does not hold it. */
export const shouldRemove = ({ termination }: ResourceDefinition, object: AnyObject): boolean => {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
  return deletionTimestamp !== undefined && !finalizers?.length && !deletionGracePeriodSeconds && !termination?.held(object);
};
