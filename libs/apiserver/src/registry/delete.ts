import { type AnyObject, conflict, type ResourceDefinition, type Status, StatusError, success } from '@windlass/meta';
import { keyOf, storedResource } from '../definitions.ts';
import type { RequestContext } from '../seams.ts';
import { admissionAttributes } from './admission-chain.ts';
import { release } from './allocation.ts';
import type { DeleteOptions } from './delete-options.ts';
import { decideDeletion } from './deletion.ts';
import type { Registry } from './registry.ts';
import type { Current } from './stored-objects.ts';

/** @throws StatusError 409 */
export function checkPreconditions(
  definition: ResourceDefinition,
  { metadata }: AnyObject,
  options: Pick<DeleteOptions, 'preconditions'>,
): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const refuse = (what: string, given: string, record: string | undefined, then: string) =>
    conflict(
      { group: storedResource(definition).group, resource: definition.kind },
      metadata.name!,
      `the ${what} in the precondition (${given}) does not match the ${what} in record (${record}). The object might have been ${then}`,
    );
  if (uid !== undefined && uid !== metadata.uid) throw refuse('UID', uid, metadata.uid, 'deleted and then recreated');
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
}

export interface Deleted {
  /** The Status of a removal, the object that is gone (kinds that return it), or the marked object. */
  object: AnyObject | Status;
  removed: boolean;
}

/** Deletes one object: at once, or by marking it when finalizers or a grace period hold it. @throws StatusError */
export async function deleteObject(
  registry: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  name: string,
  options: DeleteOptions,
  dryRun: boolean,
): Promise<Deleted> {
  const { objects, admission } = registry;
  const namespace = definition.scope === 'Namespaced' ? context.info.namespace : '';
  const current = await objects.current(definition, namespace, name);
  const attributes = {
    ...admissionAttributes('DELETE', definition, context, undefined, current.object, { ...options, dryRun }),
    name,
  };
  await admission.admit(attributes);
  await admission.validate(attributes);
  return removeObject(registry, definition, namespace, name, options, dryRun, current);
}

/** As {@link deleteObject} for a request that was admitted as something else (an eviction). @throws StatusError */
export async function removeObject(
  registry: Registry,
  definition: ResourceDefinition,
  namespace: string,
  name: string,
  options: DeleteOptions,
  dryRun: boolean,
  read?: Current,
): Promise<Deleted> {
  const { objects } = registry;
  const key = keyOf(definition, namespace, name);
  let current = read ?? (await objects.current(definition, namespace, name));
  for (;;) {
    const old = current.object;
    checkPreconditions(definition, old, options);
    const deletion = decideDeletion(definition, old, options, registry.now());
    if (deletion.do === 'wait') return { object: gone(definition, old), removed: false };
    if (deletion.do === 'nothing') return { object: old, removed: false };
    let last = old;
    if (deletion.do === 'mark') {
      last = deletion.object;
      const marked = dryRun || (await objects.replace(definition, key, current.revision, last));
      if (marked && !deletion.remove) return { object: last, removed: false };
      if (!marked) {
        current = await objects.current(definition, namespace, name);
        continue;
      }
    }
    const revision = dryRun ? 0 : Number(last.metadata.resourceVersion);
    if (dryRun || (await objects.remove(definition, key, revision, last))) {
      if (!dryRun) await release(registry.parts.allocators, definition, last);
      return { object: gone(definition, last), removed: true };
    }
    const left = await objects.current(definition, namespace, name).catch(ignoreNotFound);
    // Who saw our mark (the node) was faster: the object is gone as asked (updateForGracefulDeletionAndFinalizers, ignoreNotFound).
    if (!left) return { object: gone(definition, last), removed: true };
    current = left;
  }
}

const ignoreNotFound = (error: unknown): undefined => {
  if (!(error instanceof StatusError && error.code === 404)) throw error;
};

function gone({ group, names, returnsDeleted }: ResourceDefinition, object: AnyObject): AnyObject | Status {
  if (returnsDeleted) return object;
  const { name, uid } = object.metadata;
  return success({ name, ...(group ? { group } : {}), kind: names.plural, uid });
}
