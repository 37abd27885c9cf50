import {
  type AnyObject,
  conflict,
  equalJson,
  fieldError,
  invalid,
  notFound,
  type ResourceDefinition,
  validateObjectMetaUpdate,
  type WriteStrategy,
} from '@windlass/meta';
import { RevisionConflictError } from '@windlass/store';
import { keyOf, storedResource } from '../definitions.ts';
import type { RequestContext } from '../seams.ts';
import { admissionAttributes } from './admission-chain.ts';
import { type Allocation, allocate, release } from './allocation.ts';
import { hookContext, type WriteOptions } from './context.ts';
import { encodeObject, storedText } from './encode.ts';
import type { Manage } from './field-management.ts';
import { keepManagedTimes } from './managed-times.ts';
import { bumpGeneration, checkMetadata, dedupOwners, keepSystemMetadata, settleNamespace, shouldRemove } from './metadata.ts';
import type { Registry } from './registry.ts';
import { viewOf } from './view.ts';
import { type Written, written } from './written.ts';

const MAX_ATTEMPTS = 50;

export type Produce = (current: AnyObject) => AnyObject | Promise<AnyObject>;

/**
 * Replaces an object. `produce` makes the new object from the current one and is called again when another write came between, unless
 * the caller pinned a resourceVersion. A write that changes nothing is not stored. @throws StatusError
 */
export async function updateObject(
  registry: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  options: WriteOptions,
  produce: Produce,
  manage: Manage,
): Promise<Written> {
  const { parts, objects } = registry;
  const { namespace, name } = context.info;
  const key = keyOf(definition, definition.scope === 'Namespaced' ? namespace : '', name);
  const warned = context.warnings.length;
  let current = objects.cached(definition, namespace, name) ?? (await objects.current(definition, namespace, name));
  for (let attempt = 0; ; attempt++) {
    const old = current.object;
    context.warnings.length = warned;
    let next: Replacement;
    try {
      next = await replaced(registry, definition, context, options, await produce(old), old, manage);
    } catch (error) {
      // What was refused may have been refused because of an old state.
      const newest = await objects.newer(definition, namespace, name, current);
      if (!newest) throw error;
      current = newest;
      continue;
    }
    const { object, allocation } = next;
    keepManagedTimes(object, old);
    const text = encodeObject(definition, object);
    const remove = shouldRemove(definition, object);
    if (!remove && sameJsonText(text, encodeObject(definition, old))) {
      await allocation.undo();
      const newest = await objects.newer(definition, namespace, name, current);
      if (!newest) return { object: { ...object, metadata: { ...object.metadata, resourceVersion: String(current.revision) } } };
      current = newest;
      continue;
    }
    if (options.dryRun) return { object };
    try {
      let left: Written = { object };
      if (remove) {
        // Watchers see the last stored state, the caller what it made of it.
        await parts.store.delete(key, current.revision, await storedText(definition, old));
        await release(parts.allocators, definition, object);
      } else {
        const data = await storedText(definition, object, text);
        left = written(definition, object, data, (await parts.store.update(key, current.revision, data)).revision);
      }
      await allocation.commit();
      return left;
    } catch (error) {
      await allocation.undo();
      if (!(error instanceof RevisionConflictError)) throw error;
      const resource = { group: definition.group, resource: definition.names.plural };
      if (!error.current) throw notFound(resource, name);
      if (attempt >= MAX_ATTEMPTS) throw conflict(resource, name);
      current = await objects.decode(definition, error.current.data, error.current.revision);
    }
  }
}

/** metadata.resourceVersion of the proposal against the stored one. @throws StatusError 409, 422 */
function checkResourceVersion(definition: ResourceDefinition, { metadata }: AnyObject, { metadata: old }: AnyObject): void {
  if (metadata.resourceVersion && metadata.resourceVersion !== '0') {
    if (metadata.resourceVersion !== old.resourceVersion)
      throw conflict({ group: definition.group, resource: definition.names.plural }, old.name!);
  } else if (definition.unconditionalUpdate === false)
    throw invalid(definition.group, definition.names.plural, old.name!, [
      fieldError.invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  metadata.resourceVersion = old.resourceVersion;
}

interface Replacement {
  object: AnyObject;
  allocation: Allocation;
}

async function replaced(
  registry: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  options: WriteOptions,
  proposed: AnyObject,
  old: AnyObject,
  manage: Manage,
): Promise<Replacement> {
  const now = registry.now();
  const hooks = hookContext(context, definition, options.dryRun, now);
  const view = viewOf(definition, context.info.subresource);
  const strategy: WriteStrategy = view.strategy ?? {};
  settleNamespace(definition, context, proposed);
  checkResourceVersion(definition, proposed, old);
  dedupOwners(proposed, context.warnings);
  definition.strategy?.default?.(proposed, hooks);
  let object = view.restrict(proposed, old);
  keepSystemMetadata(object, old);
  manage(object, old, now);
  const attributes = admissionAttributes('UPDATE', definition, context, object, old, options);
  await registry.admission.admit(attributes);
  object = attributes.object!;
  const allocators = context.info.subresource === '' ? registry.parts.allocators : [];
  const allocation = await allocate(allocators, definition, object, old, options.dryRun);
  try {
    strategy.prepareForUpdate?.(object, old, hooks);
    if (definition.hasGeneration && context.info.subresource !== 'status') bumpGeneration(definition, object, old);
    // Kinds check metadata a second time: Kubernetes lists what is wrong there twice.
    const changed = validateObjectMetaUpdate(object.metadata, old.metadata);
    const errors = [
      ...checkMetadata(definition, object, 'pathSegment'),
      ...changed,
      ...(definition.checksOwnMetadata ? [] : changed),
      ...(strategy.validateUpdate?.(object, old, hooks) ?? strategy.validate?.(object, hooks) ?? []),
    ];
    if (errors.length > 0) throw invalid(storedResource(definition).group, definition.kind, object.metadata.name ?? '', errors);
    context.warnings.push(...(strategy.warnings?.(object, old, hooks) ?? []));
    attributes.object = object;
    await registry.admission.validate(attributes);
    return { object: attributes.object, allocation };
  } catch (error) {
    await allocation.undo();
    throw error;
  }
}

/** Equal but for the order of keys, in which the client wrote them. */
const sameJsonText = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && equalJson(JSON.parse(a), JSON.parse(b)));
