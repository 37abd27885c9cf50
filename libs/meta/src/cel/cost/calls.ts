import type { CelType } from '../types.ts';
import { exactly, plus, product, type Range, REGEX_FACTOR, scaled, TEXT_FACTOR, times } from './sizes.ts';

/** An argument as estimates see it. */
export interface Sized {
  size: Range;
  type: CelType;
  /** Of a list's items. */
  element: Range;
  /** When it is an integer literal. */
  literal?: number;
}

export interface CallEstimate {
  /** Without that of the arguments. */
  cost: number;
  size?: Range;
}

/** `target` is undefined for functions that are no methods. */
type Estimate = (target: Sized | undefined, args: readonly Sized[]) => CallEstimate | undefined;

const text = (size: Range, factor = TEXT_FACTOR): number => scaled(size.max, factor);
const same: Estimate = (target) => target && { cost: text(target.size), size: target.size };
const ofArgument =
  (factor: number, keeps = false): Estimate =>
  (_, [arg]) =>
    arg && { cost: text(arg.size, factor), ...(keeps ? { size: arg.size } : {}) };

/** Each item once, and texts as a whole. */
const overItems: Estimate = (target) => {
  if (!target) return undefined;
  const { type, size, element } = target;
  if (type.kind !== 'list') return { cost: text(size) };
  const each = type.of.kind === 'string' || type.of.kind === 'bytes' ? 1 + text(element) : 1;
  return { cost: product(size.max, each) };
};

const regex = (target: Sized, pattern: Sized): number =>
  product(scaled(target.size.max + 1, TEXT_FACTOR), text(pattern.size, REGEX_FACTOR));

const search: Estimate = (target, [pattern]) =>
  target && pattern && { cost: regex(target, pattern), size: { min: 0, max: target.size.max } };

const replace: Estimate = (target, [from, to]) => {
  if (!target || !from || !to) return undefined;
  const { size } = target;
  const count = { min: 0, max: 0 };
  const kept = { min: 0, max: 0 };
  if (from.size.min === 0) [count.max, kept.max] = [size.max + 1, size.max];
  else if (to.size.max <= from.size.min) kept.max = size.max;
  else count.max = Math.ceil(size.max / from.size.min);
  if (from.size.max === 0) [count.min, kept.min] = [size.min + 1, size.min];
  else if (from.size.max <= to.size.min) kept.min = size.min;
  else count.min = Math.ceil(size.min / from.size.max);
  return { cost: text(size, 2 * TEXT_FACTOR), size: plus(times(count, to.size), kept) };
};

const split: Estimate = (target, [, limit]) =>
  target && { cost: text(target.size, 2 * TEXT_FACTOR), size: { min: 0, max: limit?.literal ?? target.size.max } };

const join: Estimate = (target, [separator]) => {
  if (!target) return undefined;
  const { size, element } = target;
  const between = { min: Math.max(0, size.min - 1), max: Math.max(0, size.max - 1) };
  const whole = plus(times(size, element), separator ? times(separator.size, between) : exactly(0));
  return { cost: text(whole), size: whole };
};

const ADDRESS = 16;
/** Two addresses are compared; a text is read first. */
const contains =
  (more: number): Estimate =>
  (_, [other]) =>
    other && { cost: text(exactly(2 * ADDRESS)) + more + (other.type.kind === 'string' ? text(other.size) : 0) };

const selector: Estimate = (_, [arg]) => arg && { cost: 10 + text(arg.size) + product(scaled(arg.size.max, 0.5), 50) };

const contained: Estimate = (target, [part]) => target && part && { cost: product(text(target.size), text(part.size)) };

/** Where Kubernetes' estimates (k8s.io/apiserver/pkg/cel/library/cost.go) and cel-go's differ from 1, by name. */
const ESTIMATES: Record<string, Estimate> = {
  check: () => ({ cost: 350_000 }),
  fieldSelector: selector,
  labelSelector: selector,
  isSorted: overItems,
  sum: overItems,
  max: overItems,
  min: overItems,
  indexOf: overItems,
  lastIndexOf: overItems,
  url: ofArgument(TEXT_FACTOR, true),
  'jsonpatch.escapeKey': ofArgument(TEXT_FACTOR, true),
  lowerAscii: same,
  upperAscii: same,
  substring: same,
  trim: same,
  replace,
  split,
  join,
  find: search,
  findAll: search,
  cidr: ofArgument(TEXT_FACTOR),
  isIP: ofArgument(TEXT_FACTOR),
  isCIDR: ofArgument(TEXT_FACTOR),
  ip: ofArgument(TEXT_FACTOR),
  'ip.isCanonical': ofArgument(2 * TEXT_FACTOR),
  containsIP: contains(0),
  containsCIDR: contains(text(exactly(ADDRESS)) + 1),
  quantity: ofArgument(TEXT_FACTOR),
  isQuantity: ofArgument(TEXT_FACTOR),
  semver: ofArgument(TEXT_FACTOR),
  isSemver: ofArgument(TEXT_FACTOR),
  validate: (_, [arg]) => arg && { cost: Math.ceil(text(arg.size) * 128 * REGEX_FACTOR) },
  format: (target) => target && { cost: text(target.size) },
  'strings.quote': (_, [arg]) => arg && { cost: text(arg.size), size: { min: arg.size.min + 2, max: arg.size.max * 2 + 2 } },
  startsWith: ofArgument(TEXT_FACTOR),
  endsWith: ofArgument(TEXT_FACTOR),
  contains: contained,
  matches: (target, [pattern]) => target && pattern && { cost: regex(target, pattern) },
  bytes: (_, [arg]) =>
    arg?.type.kind === 'string' ? { cost: text(arg.size), size: { min: arg.size.min, max: arg.size.max * 4 } } : undefined,
  string: (_, [arg]) =>
    arg?.type.kind === 'bytes'
      ? { cost: text(arg.size), size: { min: Math.floor(arg.size.min / 4), max: arg.size.max } }
      : undefined,
  '@in': (_, [, list]) => (list?.type.kind === 'map' ? undefined : list && { cost: list.size.max }),
};

/** Operators whose cost follows from the smaller of two sizes. */
const COMPARISONS = new Set(['_<_', '_<=_', '_>_', '_>=_']);
const isText = ({ type: { kind } }: Sized): boolean => kind === 'string' || kind === 'bytes' || kind === 'dyn';

function operator(fn: string, args: readonly Sized[]): CallEstimate | undefined {
  const [a, b] = args;
  if (!a || !b) return undefined;
  if (fn === '_+_' && (a.type.kind === 'list' || b.type.kind === 'list')) return { cost: 1, size: plus(a.size, b.size) };
  if (fn === '_+_' && isText(a) && isText(b)) {
    const size = plus(a.size, b.size);
    return { cost: text(size), size };
  }
  const equality = fn === '_==_' || fn === '_!=_';
  if (equality && fn === '_==_' && a.type.kind === 'opaque' && b.type.kind === 'opaque') return { cost: 1 };
  if (equality || (COMPARISONS.has(fn) && isText(a) && isText(b)))
    return { cost: scaled(Math.min(a.size.max, b.size.max), TEXT_FACTOR) };
  return undefined;
}

/** What a call may cost at most, its arguments not counted, and how large its result may be. */
export function estimateCall(fn: string, target: Sized | undefined, args: readonly Sized[]): CallEstimate {
  const estimate = Object.hasOwn(ESTIMATES, fn) ? ESTIMATES[fn]!(target, args) : operator(fn, args);
  return estimate ?? { cost: 1 };
}
