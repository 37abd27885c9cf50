import {
  type AnyObject,
  alreadyExists,
  type FieldError,
  fieldError,
  type HookContext,
  invalid,
  path,
  type ResourceDefinition,
  StatusError,
  validatePathSegmentName,
  type WriteStrategy,
} from '@windlass/meta';
import { KeyExistsError } from '@windlass/store';
import { keyOf, storedResource } from '../definitions.ts';
import type { RequestContext } from '../seams.ts';
import { admissionAttributes } from './admission-chain.ts';
import { allocate } from './allocation.ts';
import { hookContext, type WriteOptions } from './context.ts';
import { storedText } from './encode.ts';
import type { Manage } from './field-management.ts';
import { checkMetadata, dedupOwners, fillSystemMetadata, nameIfGenerated, settleNamespace } from './metadata.ts';
import type { Registry } from './registry.ts';
import { type Written, written } from './written.ts';

const GENERATE_ATTEMPTS = 8;
const NAME = path('metadata', 'name');

/** Stores a decoded object: default → mutating admission → prepare → validate → validating admission → store. @throws StatusError */
export async function createObject(
  registry: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  object: AnyObject,
  options: WriteOptions,
  manage: Manage,
): Promise<Written> {
  const strategy: WriteStrategy = definition.strategy ?? {};
  const now = registry.now();
  const hooks = hookContext(context, definition, options.dryRun, now);
  delete object.metadata.resourceVersion;
  settleNamespace(definition, context, object);
  dedupOwners(object, context.warnings);
  strategy.default?.(object, hooks);
  manage(object, undefined, now);
  const attributes = admissionAttributes('CREATE', definition, context, object, undefined, options);
  await registry.admission.admit(attributes);
  const admitted = attributes.object!;
  if (attributes.object !== object) settleNamespace(definition, context, admitted);
  fillSystemMetadata(admitted, now);
  strategy.prepareForCreate?.(admitted, hooks);
  if (definition.hasGeneration) admitted.metadata.generation = 1;
  let made: Written;
  for (let attempt = 1; ; attempt++) {
    const generated = nameIfGenerated(admitted);
    const allocation = await allocate(registry.parts.allocators, definition, admitted, undefined, options.dryRun);
    try {
      const errors = validateNew(definition, admitted, hooks);
      if (errors.length > 0)
        throw invalid(storedResource(definition).group, definition.kind, admitted.metadata.name ?? '', errors);
      if (attempt === 1) context.warnings.push(...(strategy.warnings?.(admitted, undefined, hooks) ?? []));
      await registry.admission.validate(attributes);
      made = await insert(registry, definition, admitted, options);
    } catch (error) {
      await allocation.undo();
      if (!generated || !(error instanceof StatusError) || error.reason !== 'AlreadyExists' || attempt >= GENERATE_ATTEMPTS)
        throw error;
      delete admitted.metadata.name;
      continue;
    }
    await allocation.commit();
    return made;
  }
}

function validateNew(definition: ResourceDefinition, object: AnyObject, hooks: HookContext): FieldError[] {
  const own = definition.strategy?.validate?.(object, hooks) ?? [];
  if (definition.checksOwnMetadata) return own.length > 0 ? own : checkMetadata(definition, object, 'pathSegment');
  const errors = [...checkMetadata(definition, object, definition.nameRule ?? 'dns1123Subdomain'), ...own];
  return errors.length > 0
    ? errors
    : validatePathSegmentName(object.metadata.name ?? '').map((text) => fieldError.invalid(NAME, object.metadata.name, text));
}

async function insert(
  { parts, objects }: Registry,
  definition: ResourceDefinition,
  object: AnyObject,
  { dryRun }: WriteOptions,
): Promise<Written> {
  const { namespace = '', name = '' } = object.metadata;
  const key = keyOf(definition, namespace, name);
  const exists = async (): Promise<StatusError> => {
    const error = alreadyExists({ group: definition.group, resource: definition.names.plural }, name);
    const existing = await objects.current(definition, namespace, name).catch(() => undefined);
    if (!existing?.object.metadata.deletionTimestamp) return error;
    return new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` });
  };
  if (dryRun) {
    if (await parts.store.get(key)) throw await exists();
    return { object };
  }
  try {
    const data = await storedText(definition, object);
    const { revision } = await parts.store.create(key, data);
    return written(definition, object, data, revision);
  } catch (error) {
    throw error instanceof KeyExistsError ? await exists() : error;
  }
}
