import type { CelType, ObjectType } from './types.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaque,
  optionalOf,
  STRING,
  TIMESTAMP,
  typeName,
  UINT,
} from './types.ts';

/** int is bigint, double is number, uint and the rest have classes. Lists are arrays that nobody changes. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | Optional
  | TypeValue
  | CelMap
  | CelObject
  | Opaque
  | readonly CelValue[];

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds since the epoch. */
export class Timestamp {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

/** Nanoseconds. */
export class Duration {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

export class Optional {
  static readonly none = new Optional(undefined);
  /** undefined: none. */
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export class TypeValue {
  readonly type: CelType;
  constructor(type: CelType) {
    this.type = type;
  }
}

/** A value with methods only; equality by `same`. */
export abstract class Opaque {
  abstract readonly typeName: string;
  abstract same(other: Opaque): boolean;
}

/** Keys are told apart by CEL's equality: 1 and 1u are one key. */
const keyOf = (key: CelValue): string | undefined => {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  return typeof key === 'number' && Number.isInteger(key) ? `n${BigInt(key)}` : undefined;
};

export class CelMap {
  readonly #entries: Map<string, [CelValue, CelValue]>;

  constructor(entries: Iterable<readonly [CelValue, CelValue]>) {
    this.#entries = new Map();
    for (const [key, value] of entries) this.#entries.set(keyOf(key) ?? '', [key, value]);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: CelValue): CelValue | undefined {
    const known = keyOf(key);
    return known === undefined ? undefined : this.#entries.get(known)?.[1];
  }

  keys(): CelValue[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }

  entries(): Iterable<[CelValue, CelValue]> {
    return this.#entries.values();
  }
}

/** A message over a JSON object; members become values when they are asked for. */
export class CelObject {
  readonly type: ObjectType;
  readonly json: Readonly<Record<string, unknown>>;
  readonly #made = new Map<string, CelValue>();

  constructor(type: ObjectType, json: Readonly<Record<string, unknown>>) {
    this.type = type;
    this.json = json;
  }

  /** undefined: not set. @param field as expressions name it */
  get(field: string): CelValue | undefined {
    const known = this.#made.get(field);
    if (known !== undefined) return known;
    const declared = this.type.fields.get(field);
    const name = declared?.json ?? field;
    if (!Object.hasOwn(this.json, name) || this.json[name] === undefined) return undefined;
    const value = toCel(this.json[name], declared?.type ?? DYN);
    this.#made.set(field, value);
    return value;
  }

  fields(): string[] {
    return [...this.type.fields.keys()].filter((field) => this.get(field) !== undefined);
  }
}

/** Conversions that a type's format asks of a string; installed by the library of times. */
export type FromString = (text: string) => CelValue;
const formats = new Map<CelType['kind'], FromString>();
export const registerFormat = (kind: CelType['kind'], from: FromString): void => void formats.set(kind, from);

const isValue = (value: unknown): value is CelValue =>
  value instanceof CelMap ||
  value instanceof CelObject ||
  value instanceof Opaque ||
  value instanceof Optional ||
  value instanceof Timestamp ||
  value instanceof Duration ||
  value instanceof Uint ||
  value instanceof Uint8Array;

/** JSON data as a value of a declared type. Numbers of type dyn are int when they are whole. */
export function toCel(json: unknown, type: CelType = DYN): CelValue {
  if (json === null || json === undefined) return null;
  switch (typeof json) {
    case 'boolean':
    case 'bigint':
      return json;
    case 'number':
      return type.kind === 'double' || !Number.isSafeInteger(json) ? json : BigInt(json);
    case 'string':
      return formats.get(type.kind)?.(json) ?? json;
  }
  if (isValue(json)) return json;
  if (Array.isArray(json)) {
    const of = type.kind === 'list' ? type.of : DYN;
    return json.map((item) => toCel(item, of));
  }
  const map = json as Record<string, unknown>;
  if (type.kind === 'object') return new CelObject(type, map);
  const of = type.kind === 'map' ? type.value : DYN;
  return new CelMap(Object.keys(map).map((key) => [key, toCel(map[key], of)] as const));
}

/** The runtime type of a value; of lists and maps without their parameters. */
export function typeOfValue(value: CelValue): CelType {
  if (value === null) return NULL;
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
  }
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof Uint) return UINT;
  if (value instanceof Timestamp) return TIMESTAMP;
  if (value instanceof Duration) return DURATION;
  if (value instanceof CelMap) return mapOf(DYN, DYN);
  if (value instanceof CelObject) return value.type;
  if (value instanceof Optional) return optionalOf(DYN);
  if (value instanceof TypeValue) return { kind: 'type', of: DYN };
  if (value instanceof Opaque) return opaque(value.typeName);
  return listOf(DYN);
}

/** `list`, `map`, `string`…: the name of a type value. */
export function shortTypeName(type: CelType): string {
  if (type.kind === 'list' || type.kind === 'map' || type.kind === 'type') return type.kind;
  return type.kind === 'optional' ? 'optional_type' : typeName(type);
}
