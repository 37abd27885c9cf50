import type { AnyObject, ResourceDefinition, SchemaSource } from '@windlass/meta';
import type { ObjectStore, WatchCache } from '@windlass/store';
import type { AdmissionPlugin, Allocator, RequestContext } from '../seams.ts';
import { AdmissionChain } from './admission-chain.ts';
import type { WriteOptions } from './context.ts';
import { createObject } from './create.ts';
import { FieldManagement, type Manage } from './field-management.ts';
import { rewriteObject } from './rewrite.ts';
import { StoredObjects } from './stored-objects.ts';
import { type Produce, updateObject } from './update.ts';
import type { Written } from './written.ts';

export interface RegistryParts {
  store: ObjectStore;
  cache: WatchCache;
  plugins: readonly AdmissionPlugin[];
  allocators: readonly Allocator[];
  schemas: SchemaSource;
  now?: () => Date;
}

/** The one write path of every kind. Order of steps: see WriteStrategy in libs/meta. */
export class Registry {
  readonly parts: RegistryParts;
  readonly fields: FieldManagement;
  readonly objects: StoredObjects;
  readonly admission: AdmissionChain;

  constructor(parts: RegistryParts) {
    this.parts = parts;
    this.fields = new FieldManagement(parts.schemas);
    this.objects = new StoredObjects(parts.store, parts.cache);
    this.admission = new AdmissionChain(parts.plugins);
  }

  now(): Date {
    return this.parts.now?.() ?? new Date();
  }

  /** Stores a decoded object. `manage` sets managedFields; default: those of a create by `options.fieldManager`. @throws StatusError */
  create(
    definition: ResourceDefinition,
    context: RequestContext,
    object: AnyObject,
    options: WriteOptions,
    manage: Manage = this.fields.onCreate(definition, options.fieldManager),
  ): Promise<Written> {
    return createObject(this, definition, context, object, options, manage);
  }

  /** Replaces the object that `context.info` names by what `produce` makes of it: see updateObject. @throws StatusError */
  update(
    definition: ResourceDefinition,
    context: RequestContext,
    options: WriteOptions,
    produce: Produce,
    manage: Manage = this.fields.onUpdate(definition, options.fieldManager, context.info.subresource),
  ): Promise<Written> {
    return updateObject(this, definition, context, options, produce, manage);
  }

  /**
   * A write of the server's own that skips admission, validation and managedFields (bindings, allocations). `change` mutates a copy, returns
   * false to leave the object, and is called again with newer states. @throws StatusError 404, and what `change` throws
   */
  rewrite(
    definition: ResourceDefinition,
    namespace: string,
    name: string,
    change: (object: AnyObject) => unknown,
    dryRun = false,
  ): Promise<AnyObject> {
    return rewriteObject(this, definition, namespace, name, change, dryRun);
  }
}
