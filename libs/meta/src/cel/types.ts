/** Types of the Common Expression Language (github.com/google/cel-spec, langdef.md) as the checker sees them. */
export type CelType =
  | { kind: 'dyn' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'error' }
  | { kind: 'list'; of: CelType; max?: number }
  | { kind: 'map'; key: CelType; value: CelType; max?: number }
  | { kind: 'optional'; of: CelType }
  | { kind: 'type'; of: CelType }
  | { kind: 'param'; name: string }
  /** A type with methods only: quantities, URLs, authorizers… */
  | { kind: 'opaque'; name: string }
  | ObjectType;

/** A message with declared fields. `extends` tells how it is written in errors. */
export interface ObjectType {
  kind: 'object';
  name: string;
  /** By the name that expressions use (escaped). */
  fields: ReadonlyMap<string, CelField>;
  /** Fields beyond those are allowed, and dyn. */
  open?: boolean;
}

export interface CelField {
  type: CelType;
  /** Name in the JSON object. */
  json: string;
}

const simple = <K extends Exclude<CelType['kind'], 'list' | 'map' | 'optional' | 'type' | 'param' | 'opaque' | 'object'>>(
  kind: K,
) => ({ kind }) as CelType;

export const DYN = simple('dyn');
export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const NULL = simple('null');
export const TIMESTAMP = simple('timestamp');
export const DURATION = simple('duration');
/** Of an expression whose own error was told already: fits everywhere. */
export const ERROR = simple('error');
export const listOf = (of: CelType, max?: number): CelType => ({ kind: 'list', of, ...(max === undefined ? {} : { max }) });
export const mapOf = (key: CelType, value: CelType, max?: number): CelType => ({
  kind: 'map',
  key,
  value,
  ...(max === undefined ? {} : { max }),
});
export const optionalOf = (of: CelType): CelType => ({ kind: 'optional', of });
export const typeOf = (of: CelType): CelType => ({ kind: 'type', of });
export const opaque = (name: string): CelType => ({ kind: 'opaque', name });
export const param = (name: string): CelType => ({ kind: 'param', name });
export const objectType = (name: string, fields: Record<string, CelType>, open = false): ObjectType => ({
  kind: 'object',
  name,
  fields: new Map(Object.entries(fields).map(([key, type]) => [key, { type, json: key }])),
  ...(open ? { open } : {}),
});

/** As cel-go's checker writes a type in its messages. */
export function typeText(type: CelType): string {
  switch (type.kind) {
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'list':
      return `list(${typeText(type.of)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'optional':
      return `optional_type(${typeText(type.of)})`;
    case 'type':
      return `type(${typeText(type.of)})`;
    case 'param':
    case 'opaque':
    case 'object':
      return type.name;
    case 'error':
      return '!error!';
  }
  return type.kind;
}

/** The same as types.Type.String() writes it: null is `null_type`. */
export const typeName = (type: CelType): string => (type.kind === 'null' ? 'null_type' : typeText(type));

export type Bindings = Map<string, CelType>;

const wild = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'error';

/** Whether `given` may stand where `wanted` is declared; type parameters of `wanted` are bound on the way. */
export function assignable(wanted: CelType, given: CelType, bound: Bindings): boolean {
  if (wanted.kind === 'param') {
    const known = bound.get(wanted.name);
    if (known === undefined || wild(known)) {
      bound.set(wanted.name, given);
      return true;
    }
    if (assignable(known, given, bound)) return true;
    // The first meeting was the narrower one (null beside an object).
    if (!assignable(given, known, bound)) return false;
    bound.set(wanted.name, given);
    return true;
  }
  if (wild(wanted) || wild(given) || given.kind === 'param') return true;
  if (given.kind === 'null') {
    return ['null', 'object', 'opaque', 'timestamp', 'duration', 'optional'].includes(wanted.kind);
  }
  if (wanted.kind !== given.kind) return false;
  switch (wanted.kind) {
    case 'list':
    case 'optional':
      return assignable(wanted.of, (given as typeof wanted).of, bound);
    case 'type':
      return true;
    case 'map':
      return (
        assignable(wanted.key, (given as typeof wanted).key, bound) &&
        assignable(wanted.value, (given as typeof wanted).value, bound)
      );
    case 'object':
    case 'opaque':
      return wanted.name === (given as typeof wanted).name;
  }
  return true;
}

/** `type` with its parameters replaced; what is not bound is dyn. */
export function substitute(type: CelType, bound: Bindings): CelType {
  switch (type.kind) {
    case 'param': {
      const known = bound.get(type.name);
      return known && known.kind !== 'param' ? known : DYN;
    }
    case 'list':
      return { ...type, of: substitute(type.of, bound) };
    case 'optional':
    case 'type':
      return { ...type, of: substitute(type.of, bound) };
    case 'map':
      return { ...type, key: substitute(type.key, bound), value: substitute(type.value, bound) };
  }
  return type;
}
