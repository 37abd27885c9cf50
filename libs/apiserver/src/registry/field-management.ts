import {
  type AnyObject,
  type ApplyResult,
  apiVersionOf,
  applyConfiguration,
  customManagedType,
  emptyObject,
  type FieldManagerRequest,
  type FieldSet,
  fieldSetOf,
  type ManagedType,
  managedType,
  mergeConfiguration,
  type ResourceDefinition,
  type SchemaSource,
  updateManagedFields,
} from '@windlass/meta';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Who writes, through which subresource. */
export interface Writer {
  manager: string;
  subresource: string;
}

/** Sets `object.metadata.managedFields`. `old` is undefined on a create. */
export type Manage = (object: AnyObject, old: AnyObject | undefined, now: Date) => void;

/** metadata.managedFields of every write (KEP-555), by the schemas of the kinds. */
export class FieldManagement {
  readonly #schemas: SchemaSource;
  readonly #empty = new Map<string, Record<string, unknown>>();

  constructor(schemas: SchemaSource) {
    this.#schemas = schemas;
  }

  /** Sets managedFields of a decoded and defaulted new object. */
  create(definition: ResourceDefinition, object: AnyObject, writer: Writer, now: Date): void {
    setManagedFields(object, updateManagedFields(undefined, object, this.#request(definition, writer, now)));
  }

  /** Sets managedFields of the object that replaces `old`. */
  update(definition: ResourceDefinition, object: AnyObject, old: AnyObject, writer: Writer, now: Date): void {
    setManagedFields(object, updateManagedFields(old, object, this.#request(definition, writer, now)));
  }

  /** As {@link Manage}, for a create. */
  onCreate(definition: ResourceDefinition, manager: string): Manage {
    return (object, _old, now) => this.create(definition, object, { manager, subresource: '' }, now);
  }

  /** As {@link Manage}, for an update or patch. */
  onUpdate(definition: ResourceDefinition, manager: string, subresource: string): Manage {
    return (object, old, now) => this.update(definition, object, old!, { manager, subresource }, now);
  }

  /** Server-side apply. @throws StatusError 400, 409, 500: see applyConfiguration */
  apply(
    definition: ResourceDefinition,
    live: AnyObject | undefined,
    applied: AnyObject,
    writer: Writer & { force: boolean },
    now: Date,
  ): ApplyResult {
    return applyConfiguration(live, applied, { ...this.#request(definition, writer, now), force: writer.force });
  }

  /** Lays a configuration over an object without any ownership. @throws MergeError */
  merge(definition: ResourceDefinition, live: AnyObject, configuration: AnyObject): AnyObject {
    return mergeConfiguration(this.#typeOf(definition), live, configuration);
  }

  readonly #custom = new WeakMap<ResourceDefinition, ManagedType>();

  #typeOf(definition: ResourceDefinition): ManagedType {
    const { schema, custom } = definition;
    if (!custom) return managedType(schema, this.#schemas);
    let type = this.#custom.get(definition);
    if (!type) {
      type = customManagedType(custom.schema, managedType(OBJECT_META, this.#schemas));
      this.#custom.set(definition, type);
    }
    return type;
  }

  #request(definition: ResourceDefinition, { manager, subresource }: Writer, now: Date): FieldManagerRequest {
    const { group, version } = definition;
    return {
      manager,
      subresource,
      apiVersion: apiVersionOf(group, version),
      now,
      type: this.#typeOf(definition),
      empty: definition.custom ? {} : this.#emptyOf(definition.schema),
      resetFields: resetFields(definition, subresource),
    };
  }

  #emptyOf(schema: string): Record<string, unknown> {
    let empty = this.#empty.get(schema);
    if (!empty) {
      empty = emptyObject(schema, this.#schemas);
      this.#empty.set(schema, empty);
    }
    return empty;
  }
}

export function setManagedFields(object: AnyObject, fields: AnyObject['metadata']['managedFields']): void {
  if (fields && fields.length > 0) object.metadata.managedFields = fields;
  else delete object.metadata.managedFields;
}

/** What a write through this endpoint does not store, so that nobody comes to own it there. */
function resetPaths({ subresources, resetFields = [] }: ResourceDefinition, subresource: string): string[] {
  const view = subresources?.[subresource];
  if (subresource === '') return [...(subresources?.status ? ['status'] : []), ...resetFields];
  if (subresource !== 'status' || view?.type !== 'view') return [];
  const { keepsMetadata: keeps = false } = view;
  return ['spec', ...(keeps === true ? ['metadata'] : keeps ? keeps.map((key) => `metadata.${key}`) : [])];
}

const resetSets = new WeakMap<ResourceDefinition, Map<string, FieldSet>>();

function resetFields(definition: ResourceDefinition, subresource: string): FieldSet | undefined {
  const known = resetSets.get(definition) ?? new Map<string, FieldSet>();
  resetSets.set(definition, known);
  let set = known.get(subresource);
  if (!set) {
    set = fieldSetOf(...resetPaths(definition, subresource));
    known.set(subresource, set);
  }
  return set.empty ? undefined : set;
}
