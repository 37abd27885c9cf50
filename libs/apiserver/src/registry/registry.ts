import { randomUUID } from 'node:crypto';
import {
  type AnyObject,
  alreadyExists,
  badRequest,
  conflict,
  type FieldError,
  invalid,
  notFound,
  type ResourceDefinition,
  type SchemaSource,
  StatusError,
  validateObjectMeta,
  validateObjectMetaUpdate,
  type WriteStrategy,
} from '@windlass/meta';
import { KeyExistsError, type ObjectStore, RevisionConflictError, type WatchCache } from '@windlass/store';
import { decodeStored, keyOf } from '../definitions.ts';
import type { AdmissionAttributes, AdmissionPlugin, Allocator, RequestContext } from '../seams.ts';
import { hookContext, type WriteOptions } from './context.ts';
import { encodeObject, stamp } from './encode.ts';
import { FieldManagement, setManagedFields, type Writer } from './field-management.ts';
import { bumpGeneration, generateName } from './metadata.ts';
import { viewOf } from './view.ts';

export interface RegistryParts {
  store: ObjectStore;
  cache: WatchCache;
  plugins: readonly AdmissionPlugin[];
  allocators: readonly Allocator[];
  schemas: SchemaSource;
  now?: () => Date;
}

export interface Current {
  object: AnyObject;
  revision: number;
}

/** Sets `object.metadata.managedFields`. `old` is undefined on a create. */
export type Manage = (object: AnyObject, old: AnyObject | undefined, now: Date) => void;

export { setManagedFields };

const GENERATE_ATTEMPTS = 8;

/** The one write path of every kind. Order of steps: see WriteStrategy in libs/meta. */
export class Registry {
  readonly parts: RegistryParts;
  readonly fields: FieldManagement;
  constructor(parts: RegistryParts) {
    this.parts = parts;
    this.fields = new FieldManagement(parts.schemas);
  }

  now(): Date {
    return this.parts.now?.() ?? new Date();
  }

  /** The stored object as `definition` shows it, straight from the store. @throws StatusError 404 */
  async current(definition: ResourceDefinition, namespace: string, name: string): Promise<Current> {
    const stored = await this.parts.store.get(keyOf(definition, namespace, name));
    if (!stored) throw notFound({ group: definition.group, resource: definition.names.plural }, name);
    return this.decode(definition, stored.data, stored.revision);
  }

  /** From the watch cache, which may be a moment behind: a write based on it fails with a conflict and is tried again with the store's. */
  cached(definition: ResourceDefinition, namespace: string, name: string): Current | undefined {
    const found = this.parts.cache.get(keyOf(definition, namespace, name));
    return found && { object: stamp(definition, decodeStored(definition, found.clone())), revision: found.revision };
  }

  decode(definition: ResourceDefinition, data: string, revision: number): Current {
    const object = stamp(definition, decodeStored(definition, JSON.parse(data) as AnyObject));
    object.metadata.resourceVersion = String(revision);
    return { object, revision };
  }

  /** Stores a decoded object. `manage` sets managedFields; default: those of a create by `options.fieldManager`. */
  async create(
    definition: ResourceDefinition,
    context: RequestContext,
    object: AnyObject,
    options: WriteOptions,
    manage: Manage = this.manageCreate(definition, options),
  ): Promise<AnyObject> {
    const { strategy = {} } = definition;
    const now = this.now();
    const hooks = hookContext(context, definition, options.dryRun, now);
    const { metadata } = object;
    if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    this.checkNamespace(definition, context, object);
    strategy.default?.(object, hooks);
    manage(object, undefined, now);
    const attributes = this.attributes('CREATE', definition, context, object, undefined, options);
    await this.admit(attributes);
    const admitted = attributes.object!;
    if (attributes.object !== object) this.checkNamespace(definition, context, admitted);
    this.#fillMetadata(definition, admitted, now);
    strategy.prepareForCreate?.(admitted, hooks);
    if (hasGeneration(definition)) admitted.metadata.generation = 1;
    for (let attempt = 1; ; attempt++) {
      const generated = generateName(admitted);
      this.#check(definition, admitted, [
        ...validateObjectMeta(admitted.metadata, definition.scope === 'Namespaced', definition.nameRule ?? 'dns1123Subdomain'),
        ...(strategy.validate?.(admitted, hooks) ?? []),
      ]);
      context.warnings.push(...(strategy.warnings?.(admitted, undefined, hooks) ?? []));
      await this.validateAdmission(attributes);
      try {
        return await this.#insert(definition, admitted, options);
      } catch (error) {
        if (!generated || !(error instanceof StatusError) || error.reason !== 'AlreadyExists' || attempt >= GENERATE_ATTEMPTS)
          throw error;
        delete admitted.metadata.name;
      }
    }
  }

  manageCreate(definition: ResourceDefinition, options: WriteOptions): Manage {
    const writer: Writer = { manager: options.fieldManager, subresource: '' };
    return (object, _old, now) => this.fields.create(definition, object, writer, now);
  }

  manageUpdate(definition: ResourceDefinition, options: WriteOptions, subresource: string): Manage {
    const writer: Writer = { manager: options.fieldManager, subresource };
    return (object, old, now) => this.fields.update(definition, object, old!, writer, now);
  }

  #fillMetadata(definition: ResourceDefinition, object: AnyObject, now: Date): void {
    const meta = object.metadata;
    meta.uid = randomUUID();
    meta.creationTimestamp = timestamp(now);
    delete meta.deletionTimestamp;
    delete meta.deletionGracePeriodSeconds;
    delete meta.selfLink;
    delete meta.generation;
    if (definition.scope === 'Cluster') delete meta.namespace;
  }

  async #insert(definition: ResourceDefinition, object: AnyObject, options: WriteOptions): Promise<AnyObject> {
    const { namespace = '', name = '' } = object.metadata;
    const key = keyOf(definition, namespace, name);
    const resource = { group: definition.group, resource: definition.names.plural };
    if (options.dryRun) {
      if (await this.parts.store.get(key)) throw alreadyExists(resource, name);
    }
    const allocation = await this.#allocate(definition, object, undefined, options.dryRun);
    if (options.dryRun) {
      await allocation.undo();
      return object;
    }
    try {
      const stored = await this.parts.store.create(key, encodeObject(definition, object));
      object.metadata.resourceVersion = String(stored.revision);
      await allocation.commit();
      return object;
    } catch (error) {
      await allocation.undo();
      if (error instanceof KeyExistsError) throw await this.#exists(definition, namespace, name);
      throw error;
    }
  }

  async #exists(definition: ResourceDefinition, namespace: string, name: string): Promise<StatusError> {
    const error = alreadyExists({ group: definition.group, resource: definition.names.plural }, name);
    const existing = await this.current(definition, namespace, name).catch(() => undefined);
    if (!existing?.object.metadata.deletionTimestamp) return error;
    return new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` });
  }

  /**
   * Replaces an object. `produce` makes the new object from the current one and is called again when another write came between, unless
   * the caller pinned a resourceVersion. A write that changes nothing is not stored.
   */
  async update(
    definition: ResourceDefinition,
    context: RequestContext,
    options: WriteOptions,
    produce: (current: AnyObject) => AnyObject | Promise<AnyObject>,
    manage: Manage = this.manageUpdate(definition, options, context.info.subresource),
  ): Promise<AnyObject> {
    const { namespace, name } = context.info;
    const key = keyOf(definition, definition.scope === 'Namespaced' ? namespace : '', name);
    let current = this.cached(definition, namespace, name) ?? (await this.current(definition, namespace, name));
    for (let attempt = 0; ; attempt++) {
      const old = current.object;
      let object: AnyObject;
      let written: string;
      try {
        object = await this.#replaced(definition, context, options, await produce(old), old, manage);
        written = encodeObject(definition, object);
      } catch (error) {
        // What was refused may have been refused because of an old state.
        const newest = await this.#newer(definition, namespace, name, current);
        if (!newest) throw error;
        current = newest;
        continue;
      }
      if (written === encodeObject(definition, old)) {
        const newest = await this.#newer(definition, namespace, name, current);
        if (!newest) return { ...object, metadata: { ...object.metadata, resourceVersion: String(current.revision) } };
        current = newest;
        continue;
      }
      if (options.dryRun) return object;
      const allocation = await this.#allocate(definition, object, old, false);
      try {
        if (shouldRemove(object)) {
          await this.parts.store.delete(key, current.revision, encodeObject(definition, object));
          await this.#released(definition, object);
        } else {
          const stored = await this.parts.store.update(key, current.revision, encodeObject(definition, object));
          object.metadata.resourceVersion = String(stored.revision);
        }
        await allocation.commit();
        return object;
      } catch (error) {
        await allocation.undo();
        if (!(error instanceof RevisionConflictError)) throw error;
        const resource = { group: definition.group, resource: definition.names.plural };
        if (!error.current) throw notFound(resource, name);
        if (attempt >= 50) throw conflict(resource, name);
        current = this.decode(definition, error.current.data, error.current.revision);
      }
    }
  }

  /** The stored object when it is newer than `seen`. @throws StatusError 404 when it is gone */
  async #newer(definition: ResourceDefinition, namespace: string, name: string, seen: Current): Promise<Current | undefined> {
    const newest = await this.current(definition, namespace, name);
    return newest.revision === seen.revision ? undefined : newest;
  }

  async #replaced(
    definition: ResourceDefinition,
    context: RequestContext,
    options: WriteOptions,
    proposed: AnyObject,
    old: AnyObject,
    manage: Manage,
  ): Promise<AnyObject> {
    const now = this.now();
    const hooks = hookContext(context, definition, options.dryRun, now);
    const view = viewOf(definition, context.info.subresource);
    const strategy: WriteStrategy = view.strategy ?? {};
    const resource = { group: definition.group, resource: definition.names.plural };
    this.checkNamespace(definition, context, proposed);
    if (proposed.metadata.uid && proposed.metadata.uid !== old.metadata.uid)
      throw conflict(
        resource,
        old.metadata.name!,
        `Precondition failed: UID in precondition: ${proposed.metadata.uid}, UID in object meta: ${old.metadata.uid}`,
      );
    if (proposed.metadata.resourceVersion && proposed.metadata.resourceVersion !== old.metadata.resourceVersion)
      throw conflict(resource, old.metadata.name!);
    if (!proposed.metadata.resourceVersion && definition.unconditionalUpdate === false)
      throw invalid(definition.group, definition.kind, old.metadata.name!, [
        {
          type: 'FieldValueInvalid',
          field: 'metadata.resourceVersion',
          badValue: '',
          detail: 'must be specified for an update',
        } satisfies FieldError,
      ]);
    proposed.metadata.resourceVersion ||= old.metadata.resourceVersion;
    definition.strategy?.default?.(proposed, hooks);
    let object = view.restrict(proposed, old);
    keepServerMetadata(object, old);
    manage(object, old, now);
    const attributes = this.attributes('UPDATE', definition, context, object, old, options);
    await this.admit(attributes);
    object = attributes.object!;
    strategy.prepareForUpdate?.(object, old, hooks);
    if (hasGeneration(definition)) bumpGeneration(object, old);
    this.#check(definition, object, [
      ...validateObjectMeta(object.metadata, definition.scope === 'Namespaced', definition.nameRule ?? 'dns1123Subdomain'),
      ...validateObjectMetaUpdate(object.metadata, old.metadata),
      ...(strategy.validateUpdate?.(object, old, hooks) ?? strategy.validate?.(object, hooks) ?? []),
    ]);
    context.warnings.push(...(strategy.warnings?.(object, old, hooks) ?? []));
    attributes.object = object;
    await this.validateAdmission(attributes);
    return attributes.object;
  }

  /**
   * A write of the server's own that skips admission, validation and managedFields (bindings, allocations). `change` mutates a copy, returns
   * false to leave the object, and is called again with newer states. @throws StatusError 404, and what `change` throws
   */
  async rewrite(
    definition: ResourceDefinition,
    namespace: string,
    name: string,
    change: (object: AnyObject) => unknown,
    dryRun = false,
  ): Promise<AnyObject> {
    let current = this.cached(definition, namespace, name);
    for (let fresh = !current; ; fresh = true) {
      if (fresh || !current) current = await this.current(definition, namespace, name);
      const object = JSON.parse(JSON.stringify(current.object)) as AnyObject;
      try {
        if (change(object) === false || dryRun) return object;
      } catch (error) {
        if (fresh) throw error;
        continue;
      }
      const revision = await this.replaceStored(definition, keyOf(definition, namespace, name), current.revision, object);
      if (revision === undefined) continue;
      object.metadata.resourceVersion = String(revision);
      return object;
    }
  }

  /** Removes or marks an object whose `old` state the caller has decided on. @returns true when the write won */
  async replaceStored(
    definition: ResourceDefinition,
    key: string,
    revision: number,
    object: AnyObject,
  ): Promise<number | undefined> {
    try {
      return (await this.parts.store.update(key, revision, encodeObject(definition, object))).revision;
    } catch (error) {
      if (error instanceof RevisionConflictError) return undefined;
      throw error;
    }
  }

  async removeStored(definition: ResourceDefinition, key: string, revision: number, last: AnyObject): Promise<boolean> {
    try {
      await this.parts.store.delete(key, revision, encodeObject(definition, last));
    } catch (error) {
      if (error instanceof RevisionConflictError) return false;
      throw error;
    }
    await this.#released(definition, last);
    return true;
  }

  async #released(definition: ResourceDefinition, object: AnyObject): Promise<void> {
    for (const allocator of this.parts.allocators) if (allocator.handles(definition)) await allocator.released?.(object);
  }

  async #allocate(definition: ResourceDefinition, object: AnyObject, old: AnyObject | undefined, dryRun: boolean) {
    const taken: { commit?(): Promise<void>; undo?(): Promise<void> }[] = [];
    const undo = async () => {
      for (const one of taken.toReversed()) await one.undo?.();
    };
    try {
      for (const allocator of this.parts.allocators)
        if (allocator.handles(definition)) {
          const one = await allocator.allocate(object, old, dryRun);
          if (one) taken.push(one);
        }
    } catch (error) {
      await undo();
      throw error;
    }
    return {
      undo,
      commit: async () => {
        for (const one of taken) await one.commit?.();
      },
    };
  }

  #check(definition: ResourceDefinition, object: AnyObject, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw invalid(definition.group, definition.kind, object.metadata.name ?? '', errors);
  }

  checkNamespace(definition: ResourceDefinition, context: RequestContext, object: AnyObject): void {
    if (definition.scope !== 'Namespaced') {
      if (object.metadata.namespace) delete object.metadata.namespace;
      return;
    }
    object.metadata.namespace ||= context.info.namespace;
    if (object.metadata.namespace !== context.info.namespace)
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }

  attributes(
    operation: AdmissionAttributes['operation'],
    definition: ResourceDefinition,
    context: RequestContext,
    object: AnyObject | undefined,
    oldObject: AnyObject | undefined,
    options: { dryRun: boolean },
  ): AdmissionAttributes {
    const { group, version, kind, names } = definition;
    return {
      operation,
      definition,
      kind: { group, version, kind },
      resource: { group, version, resource: names.plural },
      subresource: context.info.subresource,
      namespace: context.info.namespace,
      name: object?.metadata?.name ?? context.info.name,
      object,
      oldObject,
      options: options as unknown as AnyObject,
      user: context.user,
      dryRun: options.dryRun,
      addWarning: (text) => void context.warnings.push(text),
      addAuditAnnotation: (key, value) => {
        context.auditAnnotations[key] = value;
      },
    };
  }

  async admit(attributes: AdmissionAttributes): Promise<void> {
    for (const plugin of this.parts.plugins)
      if (plugin.admit && plugin.handles(attributes.operation)) await plugin.admit(attributes);
  }

  async validateAdmission(attributes: AdmissionAttributes): Promise<void> {
    for (const plugin of this.parts.plugins)
      if (plugin.validate && plugin.handles(attributes.operation)) await plugin.validate(attributes);
  }
}

export const timestamp = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** Metadata that only the server writes survives every update. */
function keepServerMetadata(object: AnyObject, old: AnyObject): void {
  const { metadata } = object;
  metadata.uid = old.metadata.uid;
  metadata.creationTimestamp = old.metadata.creationTimestamp;
  if (old.metadata.generation !== undefined) metadata.generation = old.metadata.generation;
  else delete metadata.generation;
  if (old.metadata.deletionTimestamp) {
    metadata.deletionTimestamp = old.metadata.deletionTimestamp;
    if (metadata.deletionGracePeriodSeconds === undefined && old.metadata.deletionGracePeriodSeconds !== undefined)
      metadata.deletionGracePeriodSeconds = old.metadata.deletionGracePeriodSeconds;
  } else {
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
  }
  delete metadata.selfLink;
}

/** The last finalizer is gone from an object that is being deleted, and no grace period runs. */
const shouldRemove = (object: AnyObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  !object.metadata.finalizers?.length &&
  !object.metadata.deletionGracePeriodSeconds;

export const hasGeneration = (definition: ResourceDefinition): boolean => definition.hasGeneration ?? false;
