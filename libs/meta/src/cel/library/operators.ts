import { celCompare, celEqual } from '../equality.ts';
import { CelError } from '../errors.ts';
import { type CallContext, Library } from '../functions.ts';
import { CelMap, CelObject, type CelValue, Duration, Optional, Timestamp, Uint } from '../values.ts';

const INT_MIN = -(1n << 63n);
const INT_MAX = (1n << 63n) - 1n;
const UINT_MAX = (1n << 64n) - 1n;

/** @throws CelError on overflow */
export function checkInt(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new CelError('integer overflow');
  return value;
}

/** @throws CelError on overflow */
export function checkUint(value: bigint): Uint {
  if (value < 0n || value > UINT_MAX) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

/** Cost of looking at a text or list as a whole, a tenth of its length. */
export function chargeLength(context: CallContext, ...values: readonly CelValue[]): void {
  let length = 0;
  for (const value of values)
    if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) length += value.length;
  context.charge(Math.ceil(length * 0.1));
}

type Arithmetic = (a: bigint, b: bigint) => bigint;
const DIVISIONS: ReadonlySet<string> = new Set(['_/_', '_%_']);
const INTEGER: Record<string, Arithmetic> = {
  '_+_': (a, b) => a + b,
  '_-_': (a, b) => a - b,
  '_*_': (a, b) => a * b,
  '_/_': (a, b) => a / b,
  '_%_': (a, b) => a % b,
};
const FLOAT: Record<string, (a: number, b: number) => number> = {
  '_+_': (a, b) => a + b,
  '_-_': (a, b) => a - b,
  '_*_': (a, b) => a * b,
  '_/_': (a, b) => a / b,
};
const ORDER: Record<string, (order: number) => boolean> = {
  '_<_': (order) => order < 0,
  '_<=_': (order) => order <= 0,
  '_>_': (order) => order > 0,
  '_>=_': (order) => order >= 0,
};
const ORDERED = ['bool', 'string', 'bytes', 'timestamp', 'duration'];
const NUMERIC = ['int', 'uint', 'double'];

export const operators = new Library();

for (const [fn, run] of Object.entries(INTEGER)) {
  const guard = (b: bigint) => {
    if (DIVISIONS.has(fn) && b === 0n) throw new CelError(fn === '_/_' ? 'division by zero' : 'modulus by zero');
  };
  operators.def(fn, '(int, int): int', (a: bigint, b: bigint) => {
    guard(b);
    return checkInt(run(a, b));
  });
  operators.def(fn, '(uint, uint): uint', (a: Uint, b: Uint) => {
    guard(b.value);
    return checkUint(run(a.value, b.value));
  });
}
for (const [fn, run] of Object.entries(FLOAT)) operators.def(fn, '(double, double): double', run);
for (const [fn, passes] of Object.entries(ORDER)) {
  const pairs = [...ORDERED.map((type) => [type, type]), ...NUMERIC.flatMap((a) => NUMERIC.map((b) => [a, b]))];
  for (const [a, b] of pairs)
    operators.def(fn, `(${a}, ${b}): bool`, (x: CelValue, y: CelValue) => {
      const order = celCompare(x, y);
      return order !== undefined && passes(order);
    });
}

const keyError = (key: CelValue): CelError => new CelError(`no such key: ${key instanceof Uint ? key.value : String(key)}`);

function elementOf(container: CelValue, key: CelValue): CelValue | undefined {
  if (container instanceof Optional) return container.value === undefined ? undefined : elementOf(container.value, key);
  if (Array.isArray(container)) {
    const index = key instanceof Uint ? Number(key.value) : Number(key);
    if (!Number.isInteger(index)) throw new CelError('no such overload');
    return container[index] as CelValue | undefined;
  }
  if (container instanceof CelMap) return container.get(key);
  if (container instanceof CelObject && typeof key === 'string') return container.get(key);
  throw new CelError('no such overload');
}

function at(container: CelValue, key: CelValue): CelValue {
  const found = elementOf(container, key);
  if (found !== undefined) return found;
  throw Array.isArray(container) ? new CelError(`index out of bounds: ${key}`) : keyError(key);
}

const optionalAt = (container: CelValue, key: CelValue): CelValue => {
  const found = elementOf(container, key);
  return found === undefined ? Optional.none : new Optional(found);
};

operators
  .defWith('_==_', '(A, A): bool', ([a, b], context) => {
    chargeLength(context, a!, b!);
    return celEqual(a!, b!);
  })
  .defWith('_!=_', '(A, A): bool', ([a, b], context) => {
    chargeLength(context, a!, b!);
    return !celEqual(a!, b!);
  })
  .def('!_', '(bool): bool', (value: boolean) => !value)
  .def('-_', '(int): int', (value: bigint) => checkInt(-value))
  .def('-_', '(double): double', (value: number) => -value)
  .def('_&&_', '(bool, bool): bool', (a: boolean, b: boolean) => a && b)
  .def('_||_', '(bool, bool): bool', (a: boolean, b: boolean) => a || b)
  .def('_?_:_', '(bool, A, A): A', (c: boolean, a: CelValue, b: CelValue) => (c ? a : b))
  .defWith('_+_', '(string, string): string', ([a, b], context) => {
    chargeLength(context, a!, b!);
    return (a as string) + (b as string);
  })
  .defWith('_+_', '(list(A), list(A)): list(A)', ([a, b], context) => {
    chargeLength(context, a!, b!);
    return [...(a as CelValue[]), ...(b as CelValue[])];
  })
  .def('_+_', '(bytes, bytes): bytes', (a: Uint8Array, b: Uint8Array) => new Uint8Array(Buffer.concat([a, b])))
  .def('_+_', '(duration, duration): duration', (a: Duration, b: Duration) => new Duration(checkInt(a.ns + b.ns)))
  .def('_+_', '(timestamp, duration): timestamp', (a: Timestamp, b: Duration) => new Timestamp(a.ns + b.ns))
  .def('_+_', '(duration, timestamp): timestamp', (a: Duration, b: Timestamp) => new Timestamp(a.ns + b.ns))
  .def('_-_', '(duration, duration): duration', (a: Duration, b: Duration) => new Duration(checkInt(a.ns - b.ns)))
  .def('_-_', '(timestamp, duration): timestamp', (a: Timestamp, b: Duration) => new Timestamp(a.ns - b.ns))
  .def('_-_', '(timestamp, timestamp): duration', (a: Timestamp, b: Timestamp) => new Duration(checkInt(a.ns - b.ns)))
  .defWith('@in', '(A, list(A)): bool', ([item, list], context) => {
    context.charge(Math.ceil((list as CelValue[]).length));
    return (list as CelValue[]).some((other) => celEqual(item!, other));
  })
  .def('@in', '(A, map(A, B)): bool', (key: CelValue, map: CelMap) => map.get(key) !== undefined)
  .def('_[_]', '(list(A), int): A', at)
  .def('_[_]', '(map(A, B), A): B', at)
  .def('_[_]', '(optional(list(A)), int): optional(A)', optionalAt)
  .def('_[_]', '(optional(map(A, B)), A): optional(B)', optionalAt)
  .def('_[?_]', '(list(A), int): optional(A)', optionalAt)
  .def('_[?_]', '(map(A, B), A): optional(B)', optionalAt)
  .def('_[?_]', '(optional(list(A)), int): optional(A)', optionalAt)
  .def('_[?_]', '(optional(map(A, B)), A): optional(B)', optionalAt);
