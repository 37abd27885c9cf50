import { parseQuantityText, QuantityError, quantityText } from '../quantity-text.ts';
import type { Schema, SchemaSource } from '../schema.ts';
import { canonicalMicroTime, canonicalTime } from '../time.ts';
import { goType, jsonKind, refName, structName } from './go-types.ts';
import { fieldsText, type Trail, trailText } from './trail.ts';
import { emptyScalar, KEPT_EMPTY_LISTS, NULLABLE_REQUIRED, zeroRules } from './zero-values.ts';

/** A value that does not fit its Go type; the text is encoding/json's. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

/** Collects what strict field validation objects to. */
export interface DecodeContext {
  /** Paths of fields that the schema does not know, in the order met. */
  unknown: string[];
}

type Node = (value: unknown, trail: Trail | undefined, owner: string, context: DecodeContext) => unknown;

/**
 * Turns parsed JSON into what Go would hold and write again: unknown fields dropped (paths collected), types checked, quantities
 * and times canonical, empty values dropped where omitempty drops them, zero values present where it does not. The input is not
 * changed. @throws DecodeError with Go's text
 */
export type Decoder = (value: unknown, context: DecodeContext) => Record<string, unknown>;

const mismatch = (value: unknown, type: string, owner: string, trail: Trail | undefined, detail = ''): never => {
  throw new DecodeError(
    `json: cannot unmarshal ${jsonKind(value)}${detail} into Go struct field ${owner}.${fieldsText(trail)} of type ${type}`,
  );
};

const string: Node = (value, trail, owner) => (typeof value === 'string' ? value : mismatch(value, 'string', owner, trail));
const boolean: Node = (value, trail, owner) => (typeof value === 'boolean' ? value : mismatch(value, 'bool', owner, trail));
const anything: Node = (value) => value;

const integer =
  (type: 'int32' | 'int64'): Node =>
  (value, trail, owner) => {
    if (typeof value !== 'number') return mismatch(value, type, owner, trail);
    const limit = type === 'int32' ? 2 ** 31 : 2 ** 63;
    if (!Number.isInteger(value) || value >= limit || value < -limit) return mismatch(value, type, owner, trail, ` ${value}`);
    return value;
  };

const float =
  (type: string): Node =>
  (value, trail, owner) =>
    typeof value === 'number' ? value : mismatch(value, type, owner, trail);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const bytes: Node = (value, trail, owner) => {
  if (typeof value !== 'string') return mismatch(value, '[]uint8', owner, trail);
  if (BASE64.test(value)) return value;
  const plain = value.replace(/[\r\n]/g, '');
  if (BASE64.test(plain)) return plain;
  const bad = plain.search(/[^A-Za-z0-9+/]/);
  throw new DecodeError(`illegal base64 data at input byte ${bad < 0 ? Math.max(0, plain.length - (plain.length % 4)) : bad}`);
};

const quantity: Node = (value, trail, owner) => {
  if (typeof value !== 'string' && typeof value !== 'number') return mismatch(value, 'resource.Quantity', owner, trail);
  try {
    const { nanos, format } = parseQuantityText(String(value).trim());
    return quantityText(nanos, format);
  } catch (error) {
    if (error instanceof QuantityError) throw new DecodeError(error.message);
    throw error;
  }
};

const time =
  (canonical: (text: string) => string, type: string): Node =>
  (value, trail, owner) => {
    if (typeof value !== 'string') return mismatch(value, type, owner, trail);
    try {
      return canonical(value);
    } catch (error) {
      throw new DecodeError((error as Error).message);
    }
  };

const intOrString: Node = (value, trail, owner) => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return mismatch(value, 'int32', owner, trail);
  return integer('int32')(value, trail, owner, { unknown: [] });
};

const SPECIAL: Record<string, Node> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': quantity,
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': intOrString,
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': time(canonicalTime, 'v1.Time'),
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': time(canonicalMicroTime, 'v1.MicroTime'),
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': anything,
  'io.k8s.apimachinery.pkg.runtime.RawExtension': anything,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': anything,
};

interface Property {
  node: Node;
  /** An explicit empty value stays; otherwise it becomes what an unset field is. */
  keepZero: boolean;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean => {
  if (value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return false;
};

class Compiler {
  private readonly source: SchemaSource;
  private readonly byName = new Map<string, Node>();

  constructor(source: SchemaSource) {
    this.source = source;
  }

  named(name: string): Node {
    const special = SPECIAL[name];
    if (special) return special;
    const known = this.byName.get(name);
    if (known) return known;
    let compiled: Node | undefined;
    // Registered before it is compiled: JSONSchemaProps refers to itself.
    const lazy: Node = (value, trail, owner, context) => (compiled as Node)(value, trail, owner, context);
    this.byName.set(name, lazy);
    const schema = this.source(name);
    compiled = schema ? this.schema(schema, name) : anything;
    this.byName.set(name, compiled);
    return compiled;
  }

  private schema(schema: Schema, name?: string): Node {
    const reference = refName(schema);
    if (reference) return this.named(reference);
    if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string') return intOrString;
    switch (schema.type) {
      case 'string':
        return schema.format === 'byte'
          ? bytes
          : schema.format === 'date-time'
            ? SPECIAL['io.k8s.apimachinery.pkg.apis.meta.v1.Time']!
            : string;
      case 'boolean':
        return boolean;
      case 'integer':
        return integer(schema.format === 'int64' ? 'int64' : 'int32');
      case 'number':
        return float(schema.format === 'float' ? 'float32' : 'float64');
      case 'array':
        return this.list(schema);
      case 'object':
        if (schema.properties) return this.struct(schema, name ?? '');
        if (typeof schema.additionalProperties === 'object') return this.map(schema, schema.additionalProperties);
        return anything;
    }
    return schema.properties ? this.struct(schema, name ?? '') : anything;
  }

  private list(schema: Schema): Node {
    const item = this.schema(schema.items ?? {});
    const type = goType(schema);
    const zero = zeroOf(schema.items ?? {}, item);
    return (value, trail, owner, context) => {
      if (!Array.isArray(value)) return mismatch(value, type, owner, trail);
      const out = new Array<unknown>(value.length);
      for (let i = 0; i < value.length; i++) {
        const child: unknown = value[i];
        out[i] = child === null ? zero(context) : item(child, { parent: trail, key: i, field: false }, owner, context);
      }
      return out;
    };
  }

  private map(schema: Schema, values: Schema): Node {
    const node = this.schema(values);
    const type = goType(schema);
    const zero = zeroOf(values, node);
    return (value, trail, owner, context) => {
      if (!isPlainObject(value)) return mismatch(value, type, owner, trail);
      const out: Record<string, unknown> = {};
      for (const key in value) {
        const child = value[key];
        out[key] = child === null ? zero(context) : node(child, { parent: trail, key, field: false }, owner, context);
      }
      return out;
    };
  }

  private struct(schema: Schema, name: string): Node {
    const struct = structName(name);
    const properties = new Map<string, Property>();
    const always: [string, (context: DecodeContext) => unknown][] = [];
    const zeros = zeroRules(name);
    const required = new Set(schema.required);
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const node = this.schema(property);
      const written = zeros.written(key);
      const pointer = zeros.isPointer(key);
      const collection = !isStruct(property) && emptyScalar(property) === undefined;
      const demanded = (pointer || collection) && required.has(key);
      const keepZero =
        pointer || demanded || (collection && written) || isStruct(property) || KEPT_EMPTY_LISTS.has(`${key}.${struct}`);
      properties.set(key, { node, keepZero });
      if (written && (!demanded || NULLABLE_REQUIRED.has(`${key}.${struct}`)))
        always.push([key, pointer ? () => null : zeroOf(property, node)]);
    }
    return (value, trail, owner, context) => {
      if (!isPlainObject(value)) return mismatch(value, `v1.${struct}`, owner, trail);
      const out: Record<string, unknown> = {};
      for (const key in value) {
        const property = properties.get(key);
        if (property === undefined) {
          context.unknown.push(trailText(trail, key));
          continue;
        }
        const child = value[key];
        if (child === null || child === undefined) continue;
        const decoded = property.node(child, { parent: trail, key, field: true }, struct, context);
        if (!property.keepZero && isDroppable(decoded)) continue;
        out[key] = decoded;
      }
      for (const [key, zero] of always) if (out[key] === undefined) out[key] = zero(context);
      return out;
    };
  }
}

function isDroppable(value: unknown): boolean {
  if (isEmpty(value)) return true;
  if (!isPlainObject(value)) return false;
  for (const _ in value) return false;
  return true;
}

/** Structs and free-form values: an explicit empty one is kept. */
const isStruct = (property: Schema): boolean =>
  refName(property) !== undefined ||
  (property.type !== 'array' && typeof property.additionalProperties !== 'object' && emptyScalar(property) === undefined);

/** Go's zero value of a field, as it would be written. */
function zeroOf(schema: Schema, node: Node): (context: DecodeContext) => unknown {
  const empty = emptyScalar(schema);
  if (empty !== undefined) return () => empty;
  return refName(schema) ? (context) => node({}, undefined, '', context) : () => (schema.properties ? {} : null);
}

const compilers = new WeakMap<SchemaSource, Compiler>();

/** Compiles (once per source) the decoder of a built-in schema such as `io.k8s.api.core.v1.Pod`. */
export function compileDecoder(name: string, source: SchemaSource): Decoder {
  let compiler = compilers.get(source);
  if (!compiler) {
    compiler = new Compiler(source);
    compilers.set(source, compiler);
  }
  const node = compiler.named(name);
  const struct = structName(name);
  return (value, context) => node(value ?? {}, undefined, struct, context) as Record<string, unknown>;
}
