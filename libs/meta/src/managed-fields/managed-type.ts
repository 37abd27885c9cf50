import { refName } from '../decode/go-types.ts';
import type { Schema, SchemaSource } from '../schema.ts';

/** How structured-merge-diff sees a type: what is owned as a whole, what by part. */
export type ManagedType = ScalarType | MapType | ListType | DeducedType;

export interface ScalarType {
  kind: 'scalar';
  /** undefined: anything goes (quantities, int-or-string). */
  of: 'string' | 'numeric' | 'boolean' | undefined;
}

export interface MapType {
  kind: 'map';
  atomic: boolean;
  fields: ReadonlyMap<string, ManagedType>;
  /** Of keys that are no declared field; undefined: such keys are errors. */
  element: ManagedType | undefined;
}

export interface ListType {
  kind: 'list';
  /** keys: items are known by key fields; set: by their value; atomic: not told apart. */
  relation: 'atomic' | 'set' | 'keys';
  keys: readonly string[];
  keyDefaults: Readonly<Record<string, unknown>>;
  element: ManagedType;
}

/** No schema: maps by part, lists as a whole. */
export interface DeducedType {
  kind: 'deduced';
  /** Even maps as a whole (RawExtension). */
  atomic: boolean;
}

const ANY: ScalarType = { kind: 'scalar', of: undefined };
const SCALARS: Record<string, ScalarType> = {
  string: { kind: 'scalar', of: 'string' },
  integer: { kind: 'scalar', of: 'numeric' },
  number: { kind: 'scalar', of: 'numeric' },
  boolean: { kind: 'scalar', of: 'boolean' },
};
export const DEDUCED: DeducedType = { kind: 'deduced', atomic: false };
export const ATOMIC: DeducedType = { kind: 'deduced', atomic: true };

const NAMED_SCALARS = /\.(Quantity|IntOrString|Time|MicroTime)$/;

class Compiler {
  private readonly source: SchemaSource;
  private readonly byName = new Map<string, ManagedType>();

  constructor(source: SchemaSource) {
    this.source = source;
  }

  named(name: string): ManagedType {
    if (NAMED_SCALARS.test(name)) return ANY;
    const known = this.byName.get(name);
    if (known) return known;
    const schema = this.source(name);
    if (!schema) return ATOMIC;
    // Recursive schemas meet this shell, which is filled below.
    const shell = {} as ManagedType;
    this.byName.set(name, shell);
    const compiled = this.compile(schema);
    Object.assign(shell, compiled);
    return shell;
  }

  /** `outer` are the extensions beside a `$ref`, which win over those of its target. */
  compile(schema: Schema, outer: Schema = schema): ManagedType {
    const reference = refName(schema);
    if (reference) {
      const target = this.named(reference);
      if (target.kind === 'map' && outer['x-kubernetes-map-type'] === 'atomic') return { ...target, atomic: true };
      return target;
    }
    if (schema['x-kubernetes-int-or-string']) return ANY;
    if (schema.type === 'array') return this.list(schema);
    if (schema.type === 'object' || schema.properties) return this.map(schema);
    if (schema.type === undefined) return schema['x-kubernetes-preserve-unknown-fields'] ? DEDUCED : ATOMIC;
    return SCALARS[schema.type] ?? ANY;
  }

  private map(schema: Schema): ManagedType {
    const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
    const { properties, additionalProperties } = schema;
    if (!properties && typeof additionalProperties !== 'object')
      return preserve || additionalProperties === true ? DEDUCED : ATOMIC;
    const fields = new Map<string, ManagedType>();
    for (const [name, property] of Object.entries(properties ?? {})) fields.set(name, this.compile(property, property));
    const element =
      typeof additionalProperties === 'object' ? this.compile(additionalProperties) : preserve ? DEDUCED : undefined;
    return { kind: 'map', atomic: schema['x-kubernetes-map-type'] === 'atomic', fields, element };
  }

  private list(schema: Schema): ListType {
    const element = this.compile(schema.items ?? {});
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const type = schema['x-kubernetes-list-type'];
    const relation = type === 'map' && keys.length > 0 ? 'keys' : type === 'set' ? 'set' : 'atomic';
    return { kind: 'list', relation, keys: [...keys].sort(), keyDefaults: this.keyDefaults(schema.items ?? {}, keys), element };
  }

  private keyDefaults(items: Schema, keys: readonly string[]): Record<string, unknown> {
    const name = refName(items);
    const target = name ? this.source(name) : items;
    const found: Record<string, unknown> = {};
    for (const key of keys) {
      const value = target?.properties?.[key]?.default;
      if (value !== undefined) found[key] = value;
    }
    return found;
  }
}

const compilers = new WeakMap<SchemaSource, Compiler>();

/** The type of a built-in schema, compiled once per source. */
export function managedType(name: string, source: SchemaSource): ManagedType {
  let compiler = compilers.get(source);
  if (!compiler) {
    compiler = new Compiler(source);
    compilers.set(source, compiler);
  }
  return compiler.named(name);
}

/**
 * The type of a custom resource: its structural schema, with metadata as every kind has it. Keep the answer with the version served.
 */
export function customManagedType(schema: Schema | undefined, metadata: ManagedType): ManagedType {
  const compiled = schema ? new Compiler(() => undefined).compile(schema) : DEDUCED;
  const fields = new Map<string, ManagedType>(compiled.kind === 'map' ? compiled.fields : []);
  const element = compiled.kind === 'map' ? compiled.element : DEDUCED;
  return {
    kind: 'map',
    atomic: false,
    fields: fields.set('apiVersion', SCALARS.string!).set('kind', SCALARS.string!).set('metadata', metadata),
    element,
  };
}
