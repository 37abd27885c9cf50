import { celCompare, celEqual, numberOf } from '../equality.ts';
import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { type CelValue, Duration, type Uint } from '../values.ts';
import { chargeLength, checkInt, checkUint } from './operators.ts';

const SORTABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const sorted = (list: CelValue[]): boolean => list.every((item, i) => i === 0 || (celCompare(list[i - 1]!, item) ?? 0) <= 0);

function extreme(name: string, sign: 1 | -1) {
  return (list: CelValue[]): CelValue => {
    if (list.length === 0) throw new CelError(`${name} called on empty list`);
    return list.reduce((best, item) => ((celCompare(item, best) ?? 0) * sign > 0 ? item : best));
  };
}

const sums: [string, (list: never[]) => CelValue][] = [
  ['int', (list: bigint[]) => checkInt(list.reduce((sum, item) => sum + item, 0n))],
  ['uint', (list: Uint[]) => checkUint(list.reduce((sum, item) => sum + item.value, 0n))],
  ['double', (list: (number | bigint)[]) => list.reduce<number>((sum, item) => sum + Number(numberOf(item)), 0)],
  ['duration', (list: Duration[]) => new Duration(checkInt(list.reduce((sum, item) => sum + item.ns, 0n)))],
];

/** Kubernetes' list library (k8s.io/apiserver/pkg/cel/library/lists.go) and cel-go's ext.Sets. */
export const lists = new Library();
const costly = (name: string, signature: string, run: (...args: never[]) => CelValue) =>
  lists.defWith(name, signature, (args, context) => {
    chargeLength(context, ...args);
    return run(...(args as never[]));
  });
for (const type of SORTABLE) {
  costly('isSorted', `list(${type}).(): bool`, sorted);
  costly('max', `list(${type}).(): ${type}`, extreme('max', 1));
  costly('min', `list(${type}).(): ${type}`, extreme('min', -1));
}
for (const [type, sum] of sums) costly('sum', `list(${type}).(): ${type}`, sum);
costly('indexOf', 'list(A).(A): int', (list: CelValue[], item: CelValue) =>
  BigInt(list.findIndex((other) => celEqual(other, item))),
);
costly('lastIndexOf', 'list(A).(A): int', (list: CelValue[], item: CelValue) =>
  BigInt(list.findLastIndex((other) => celEqual(other, item))),
);

const holds = (list: CelValue[], item: CelValue): boolean => list.some((other) => celEqual(other, item));
const product = (name: string, run: (a: CelValue[], b: CelValue[]) => boolean) =>
  lists.defWith(name, '(list(A), list(A)): bool', ([a, b], context) => {
    context.charge((a as CelValue[]).length * (b as CelValue[]).length);
    return run(a as CelValue[], b as CelValue[]);
  });
product('sets.contains', (a, b) => b.every((item) => holds(a, item)));
product('sets.equivalent', (a, b) => a.every((item) => holds(b, item)) && b.every((item) => holds(a, item)));
product('sets.intersects', (a, b) => a.some((item) => holds(b, item)));
