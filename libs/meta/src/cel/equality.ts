import {
  CelMap,
  CelObject,
  type CelValue,
  Duration,
  Opaque,
  Optional,
  shortTypeName,
  Timestamp,
  TypeValue,
  Uint,
} from './values.ts';

type Numeric = bigint | number;

/** The number of an int, uint or double; undefined for everything else. */
export function numberOf(value: CelValue): Numeric | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

const sameNumber = (a: Numeric, b: Numeric): boolean => {
  if (typeof a === typeof b) return a === b;
  // A bigint and a number compare exactly, without conversion.
  // biome-ignore lint/suspicious/noDoubleEquals: mixed comparison is what is meant
  return a == b;
};

const bytesOf = (value: Uint8Array): string => Buffer.from(value).toString('latin1');

/** CEL's `==`: numbers across types, containers by members, different types unequal. */
export function celEqual(a: CelValue, b: CelValue): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return sameNumber(x, y);
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => celEqual(item, b[i] as CelValue));
  if (a instanceof Uint8Array) return b instanceof Uint8Array && bytesOf(a) === bytesOf(b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.ns === b.ns;
  if (a instanceof Duration) return b instanceof Duration && a.ns === b.ns;
  if (a instanceof TypeValue) return b instanceof TypeValue && shortTypeName(a.type) === shortTypeName(b.type);
  if (a instanceof Opaque) return b instanceof Opaque && a.typeName === b.typeName && a.same(b);
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    return a.value === undefined || b.value === undefined ? a.value === b.value : celEqual(a.value, b.value);
  }
  return sameMembers(a, b);
}

function membersOf(value: CelValue): [CelValue[], (key: CelValue) => CelValue | undefined] | undefined {
  if (value instanceof CelMap) return [value.keys(), (key) => value.get(key)];
  if (value instanceof CelObject) return [value.fields(), (key) => value.get(String(key))];
  return undefined;
}

function sameMembers(a: CelValue, b: CelValue): boolean {
  const [left, right] = [membersOf(a), membersOf(b)];
  if (!left || !right || left[0].length !== right[0].length) return false;
  return left[0].every((key) => {
    const other = right[1](key);
    return other !== undefined && celEqual(left[1](key)!, other);
  });
}

/** -1, 0 or 1; undefined when the two have no order (NaN too). */
export function celCompare(a: CelValue, b: CelValue): number | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : sameNumber(x, y) ? 0 : undefined;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0;
  if (a instanceof Duration && b instanceof Duration) return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return undefined;
}
