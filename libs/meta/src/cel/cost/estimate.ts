import type { Comprehension, Expr } from '../ast.ts';
import type { Checked } from '../checker.ts';
import type { CelType } from '../types.ts';
import { estimateCall, type Sized } from './calls.ts';
import { exactly, plus, product, type Range, UNKNOWN, union } from './sizes.ts';

/** How large the data of a variable can become, part by part. */
export interface Bound {
  /** Most characters, items or members. */
  max: number;
  element?: Bound;
  key?: Bound;
  /** By the names that expressions use. */
  fields?: ReadonlyMap<string, Bound>;
}

/** What is known of a node's value. */
interface Found {
  /** The most that its evaluation costs. */
  cost: number;
  /** Set when the expression itself tells. */
  size?: Range;
  /** Of list items, set when the expression itself tells. */
  element?: Range;
  bound?: Bound;
}

type Scope = ReadonlyMap<string, Found>;
type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

const LIST = 10;
const MAP = 30;
const STRUCT = 40;
const SCALARS: ReadonlySet<CelType['kind']> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);
const isScalar = (type: CelType): boolean => SCALARS.has(type.kind) || (type.kind === 'optional' && isScalar(type.of));

const lengthOf = ({ value }: Of<'literal'>): number =>
  typeof value === 'string' ? [...value].length : value instanceof Uint8Array ? value.length : 1;

class Estimator {
  readonly #checked: Checked;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  #type(expr: Expr): CelType {
    return this.#checked.types.get(expr) ?? { kind: 'dyn' };
  }

  #size(expr: Expr, { size, bound }: Found): Range {
    if (size) return size;
    if (bound) return { min: 0, max: bound.max };
    return isScalar(this.#type(expr)) ? exactly(1) : UNKNOWN;
  }

  #sized(expr: Expr, found: Found): Sized {
    const { element = found.bound?.element && { min: 0, max: found.bound.element.max } } = found;
    return {
      size: this.#size(expr, found),
      type: this.#type(expr),
      element: element ?? UNKNOWN,
      ...(expr.kind === 'literal' && typeof expr.value === 'bigint' ? { literal: Number(expr.value) } : {}),
    };
  }

  visit(expr: Expr, scope: Scope): Found {
    switch (expr.kind) {
      case 'literal':
        return { cost: 0, size: exactly(lengthOf(expr)) };
      case 'ident':
        return { ...scope.get(expr.name), cost: 1 };
      case 'select':
        return this.#select(expr, scope);
      case 'call':
        return this.#call(expr, scope);
      case 'list': {
        const items = expr.items.map(({ value }) => [value, this.visit(value, scope)] as const);
        const element = items
          .map(([value, found]) => this.#size(value, found))
          .reduce(union, { min: Number.POSITIVE_INFINITY, max: 0 });
        return { cost: LIST + sum(items.map(([, { cost }]) => cost)), size: exactly(items.length), element };
      }
      case 'map': {
        const parts = expr.entries.flatMap(({ key, value }) => [this.visit(key, scope), this.visit(value, scope)]);
        return { cost: MAP + sum(parts.map(({ cost }) => cost)), size: exactly(expr.entries.length) };
      }
      case 'struct':
        return { cost: STRUCT + sum(expr.fields.map(({ value }) => this.visit(value, scope).cost)) };
      case 'fold':
        return this.#fold(expr, scope);
      case 'optMap':
        return this.#optMap(expr, scope);
    }
  }

  #select(expr: Of<'select'>, scope: Scope): Found {
    const operand = this.visit(expr.operand, scope);
    if (expr.test) return { cost: operand.cost };
    const { kind } = this.#type(expr.operand);
    const bound = expr.optional ? undefined : operand.bound?.fields?.get(expr.field);
    const step = expr.optional || kind === 'map' || kind === 'object' ? 1 : 0;
    return { cost: operand.cost + step, ...(bound ? { bound } : {}) };
  }

  #call(expr: Of<'call'>, scope: Scope): Found {
    const args = expr.args.map((arg) => [arg, this.visit(arg, scope)] as const);
    const spent = sum(args.map(([, { cost }]) => cost));
    switch (expr.fn) {
      case 'dyn':
        return { ...args[0]![1], cost: spent + 1 };
      case '_&&_':
      case '_||_':
        return { cost: spent };
      case '_?_:_': {
        const [condition, [yes, a], [no, b]] = args as [(typeof args)[0], (typeof args)[0], (typeof args)[0]];
        return { cost: condition[1].cost + Math.max(a.cost, b.cost), size: union(this.#size(yes, a), this.#size(no, b)) };
      }
      case '_[_]': {
        const { bound, element } = args[0]![1];
        return { cost: spent + 1, ...(element ? { size: element } : {}), ...(bound?.element ? { bound: bound.element } : {}) };
      }
    }
    const target = expr.target && this.visit(expr.target, scope);
    const estimate = estimateCall(
      expr.fn,
      target && this.#sized(expr.target!, target),
      args.map(([arg, found]) => this.#sized(arg, found)),
    );
    return { cost: (target?.cost ?? 0) + spent + estimate.cost, ...(estimate.size ? { size: estimate.size } : {}) };
  }

  #optMap({ target, variable, body, flat }: Of<'optMap'>, scope: Scope): Found {
    const from = this.visit(target, scope);
    const inner = this.visit(body, new Map([...scope, [variable, { cost: 1 }]]));
    return { cost: from.cost + 1 + Math.max(LIST + from.cost + 1 + inner.cost + (flat ? 0 : 1), 1) };
  }

  #fold(expr: Comprehension & { at: number }, scope: Scope): Found {
    const range = this.visit(expr.range, scope);
    const count = this.#size(expr.range, range);
    const inner = new Map([...scope, ...this.#variables(expr, range)]);
    const body = this.visit(expr.body, inner);
    const filter = expr.filter && this.visit(expr.filter, inner).cost;
    const { start, turn, end } = TURNS[expr.fold](body.cost);
    const each = filter === undefined ? turn : filter + Math.max(turn, 1);
    const found: Found = { cost: range.cost + start + product(count.max, each) + end };
    if (expr.fold === 'all' || expr.fold === 'exists' || expr.fold === 'existsOne') return { ...found, size: exactly(1) };
    const element = expr.fold === 'filter' ? this.#elementOf(range) : this.#size(expr.body, body);
    return { ...found, size: plus(count, exactly(0)), ...(element ? { element } : {}) };
  }

  #elementOf({ element, bound }: Found): Range | undefined {
    return element ?? (bound?.element && { min: 0, max: bound.element.max });
  }

  #variables(expr: Comprehension, { bound, element }: Found): [string, Found][] {
    const key: Found = { cost: 1, ...(bound?.key ? { bound: bound.key } : {}) };
    const value: Found = { cost: 1, ...(bound?.element ? { bound: bound.element } : {}), ...(element ? { size: element } : {}) };
    const isMap = this.#type(expr.range).kind === 'map';
    const [first, second] = expr.variables as [string, string?];
    if (second === undefined) return [[first, isMap ? key : value]];
    return [
      [first, isMap ? key : { cost: 1, size: exactly(1) }],
      [second, value],
    ];
  }
}

const sum = (costs: readonly number[]): number => costs.reduce((a, b) => a + b, 0);

/** What the macros of cel-go expand to, counted: the accumulator's start, one turn with its condition, and the result. */
const TURNS: Record<Comprehension['fold'], (body: number) => { start: number; turn: number; end: number }> = {
  all: (body) => ({ start: 0, turn: 3 + body, end: 1 }),
  exists: (body) => ({ start: 0, turn: 4 + body, end: 1 }),
  existsOne: (body) => ({ start: 0, turn: 2 + body, end: 2 }),
  map: (body) => ({ start: LIST, turn: 12 + body, end: 1 }),
  filter: (body) => ({ start: LIST, turn: 13 + body, end: 1 }),
  transformList: (body) => ({ start: LIST, turn: 12 + body, end: 1 }),
  transformMap: (body) => ({ start: MAP, turn: 3 + body, end: 1 }),
  transformMapEntry: (body) => ({ start: MAP, turn: 2 + body, end: 1 }),
};

/**
 * The most that an expression can cost, as cel-go's checker.Cost estimates it with Kubernetes' estimators; Infinity when nothing bounds it.
 * @param bounds of variables
 */
export const estimateCost = (expr: Expr, checked: Checked, bounds: ReadonlyMap<string, Bound>): number =>
  new Estimator(checked).visit(expr, new Map(Array.from(bounds, ([name, bound]) => [name, { cost: 1, bound }] as const))).cost;
