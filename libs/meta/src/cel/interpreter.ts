import type { Comprehension, Expr } from './ast.ts';
import { type Checked, typeByName } from './checker.ts';
import type { CelEnvironment } from './environment.ts';
import { CelCostError, CelError } from './errors.ts';
import type { CallContext, Overload } from './functions.ts';
import { assignable, type CelType } from './types.ts';
import { CelMap, CelObject, type CelValue, Optional, TypeValue, typeOfValue, Uint } from './values.ts';

/** Counts what an evaluation costs, and stops it. Several evaluations may share one. */
export class CelBudget implements CallContext {
  readonly limit: number;
  spent = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  charge(cost: number): void {
    this.spent += cost;
    if (this.spent > this.limit) throw new CelCostError();
  }
}

export type Variables = ReadonlyMap<string, CelValue>;
export type Evaluate = (variables: Variables, budget: CelBudget) => CelValue;

const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;
/** Of one turn of a macro, beside its body: the condition and the accumulator. */
const TURN_COST = 3;

/** Turns a checked tree into functions. Evaluation throws CelError, or CelCostError when the budget is spent. */
export function interpret(root: Expr, checked: Checked, environment: CelEnvironment): Evaluate {
  const compile = (expr: Expr): Evaluate => {
    switch (expr.kind) {
      case 'literal': {
        const value = expr.uint ? new Uint(expr.value as bigint) : expr.value;
        return () => value;
      }
      case 'ident': {
        const { name } = expr;
        const type = typeByName(name);
        return (variables, budget) => {
          budget.charge(1);
          const value = variables.get(name);
          if (value !== undefined) return value;
          if (type) return new TypeValue(type);
          throw new CelError(`no such attribute(s): ${name}`);
        };
      }
      case 'select':
        return select(expr, compile, checked.types.get(expr.operand) === undefined ? checked.types.get(expr) : undefined);
      case 'call':
        return call(expr, compile, checked.overloads.get(expr) ?? []);
      case 'list':
        return list(expr, compile);
      case 'map':
        return map(expr, compile);
      case 'struct':
        return struct(expr, compile, environment);
      case 'fold':
        return fold(expr, compile);
      case 'optMap':
        return optMap(expr, compile);
    }
  };
  return compile(root);
}

type Compile = (expr: Expr) => Evaluate;

/** A member of a map or message; undefined when it is not there. @throws CelError for values without members */
export function memberOf(value: CelValue, field: string): CelValue | undefined {
  if (value instanceof CelObject || value instanceof CelMap) return value.get(field);
  throw new CelError(`no such key: ${field}`);
}

function select(
  expr: Extract<Expr, { kind: 'select' }>,
  compile: Compile,
  /** Set when the whole is the name of a type. */
  named: CelType | undefined,
): Evaluate {
  if (named?.kind === 'type') return () => new TypeValue(named.of);
  const operand = compile(expr.operand);
  const { field, test, optional } = expr;
  return (variables, budget) => {
    const value = operand(variables, budget);
    budget.charge(1);
    if (value instanceof Optional) {
      const found = value.value === undefined ? undefined : memberOf(value.value, field);
      if (test) return found !== undefined;
      return found === undefined ? Optional.none : new Optional(found);
    }
    const found = memberOf(value, field);
    if (test) return found !== undefined;
    if (optional) return found === undefined ? Optional.none : new Optional(found);
    if (found === undefined) throw new CelError(`no such key: ${field}`);
    return found;
  };
}

function call(expr: Extract<Expr, { kind: 'call' }>, compile: Compile, overloads: readonly Overload[]): Evaluate {
  const args = [...(expr.target ? [expr.target] : []), ...expr.args].map(compile);
  switch (expr.fn) {
    case '_?_:_': {
      const [condition, yes, no] = args as [Evaluate, Evaluate, Evaluate];
      return (variables, budget) => {
        const value = condition(variables, budget);
        budget.charge(1);
        if (typeof value !== 'boolean') throw new CelError('no such overload');
        return value ? yes(variables, budget) : no(variables, budget);
      };
    }
    case '_&&_':
      return logical(args[0]!, args[1]!, false);
    case '_||_':
      return logical(args[0]!, args[1]!, true);
  }
  return (variables, budget) => {
    const values = args.map((arg) => arg(variables, budget));
    budget.charge(1);
    const overload = overloads.length === 1 ? overloads[0]! : overloads.find((candidate) => fits(candidate, values));
    if (!overload || (overloads.length === 1 && !fits(overload, values))) throw new CelError('no such overload');
    return overload.run(values, budget);
  };
}

const fits = (overload: Overload, values: readonly CelValue[]): boolean =>
  overload.args.every((wanted, i) => fitsType(wanted, values[i]!));

function fitsType(wanted: CelType, value: CelValue): boolean {
  switch (wanted.kind) {
    case 'param':
    case 'dyn':
      return true;
    case 'int':
      return typeof value === 'bigint';
    case 'double':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
  }
  return assignable(wanted, typeOfValue(value), new Map());
}

/** `&&` and `||`: either side may decide, and then an error of the other does not count. */
function logical(left: Evaluate, right: Evaluate, decides: boolean): Evaluate {
  const attempt = (side: Evaluate, variables: Variables, budget: CelBudget): boolean | CelError => {
    try {
      const value = side(variables, budget);
      return typeof value === 'boolean' ? value : new CelError('no such overload');
    } catch (error) {
      if (error instanceof CelError) return error;
      throw error;
    }
  };
  return (variables, budget) => {
    const first = attempt(left, variables, budget);
    budget.charge(1);
    if (first === decides) return decides;
    const second = attempt(right, variables, budget);
    if (second === decides) return decides;
    if (typeof first !== 'boolean') throw first;
    if (typeof second !== 'boolean') throw second;
    return !decides;
  };
}

/** @returns undefined for an optional that is none. @throws CelError when it is no optional at all */
function unwrapped(value: CelValue, optional: boolean): CelValue | undefined {
  if (!optional) return value;
  if (value instanceof Optional) return value.value;
  throw new CelError('no such overload');
}

function list({ items }: Extract<Expr, { kind: 'list' }>, compile: Compile): Evaluate {
  const parts = items.map(({ value, optional }) => ({ value: compile(value), optional }));
  return (variables, budget) => {
    budget.charge(LIST_COST);
    return parts
      .map(({ value, optional }) => unwrapped(value(variables, budget), optional))
      .filter((value) => value !== undefined);
  };
}

function map({ entries }: Extract<Expr, { kind: 'map' }>, compile: Compile): Evaluate {
  const parts = entries.map((entry) => ({ key: compile(entry.key), value: compile(entry.value), optional: entry.optional }));
  return (variables, budget) => {
    budget.charge(MAP_COST);
    const made: [CelValue, CelValue][] = [];
    for (const { key, value, optional } of parts) {
      const found = unwrapped(value(variables, budget), optional);
      if (found !== undefined) made.push([key(variables, budget), found]);
    }
    return new CelMap(made);
  };
}

function struct({ name, fields }: Extract<Expr, { kind: 'struct' }>, compile: Compile, { structs }: CelEnvironment): Evaluate {
  const type = structs.get(name)!;
  const parts = fields.map((field) => ({ name: field.name, value: compile(field.value), optional: field.optional }));
  return (variables, budget) => {
    budget.charge(STRUCT_COST);
    const json: Record<string, unknown> = {};
    for (const part of parts) {
      const found = unwrapped(part.value(variables, budget), part.optional);
      if (found !== undefined) json[type.fields.get(part.name)?.json ?? part.name] = found;
    }
    return new CelObject(type, json);
  };
}

/** What a macro goes over: pairs of the variables' values. */
function turnsOf(range: CelValue, two: boolean): readonly (readonly [CelValue, CelValue])[] {
  if (Array.isArray(range)) return two ? range.map((value, i) => [BigInt(i), value]) : range.map((value) => [value, null]);
  if (range instanceof CelMap) return [...range.entries()];
  if (range instanceof CelObject) return range.fields().map((field) => [field, range.get(field)!]);
  throw new CelError('no such overload');
}

function fold(expr: Comprehension & { at: number }, compile: Compile): Evaluate {
  const range = compile(expr.range);
  const body = compile(expr.body);
  const filter = expr.filter && compile(expr.filter);
  const [first, second] = expr.variables as [string, string?];
  const run = RUNS[expr.fold];
  return (variables, budget) => {
    const value = range(variables, budget);
    const turns = turnsOf(value, second !== undefined);
    const scope = new Map(variables);
    const at = ([key, item]: readonly [CelValue, CelValue]): void => {
      budget.charge(TURN_COST);
      scope.set(first, key);
      if (second !== undefined) scope.set(second, item);
    };
    return run({
      turns,
      isMap: !Array.isArray(value),
      body: (turn) => {
        at(turn);
        return body(scope, budget);
      },
      passes: (turn) => {
        if (!filter) return true;
        at(turn);
        return asBool(filter(scope, budget));
      },
    });
  };
}

interface Fold {
  turns: readonly (readonly [CelValue, CelValue])[];
  isMap: boolean;
  body(turn: readonly [CelValue, CelValue]): CelValue;
  passes(turn: readonly [CelValue, CelValue]): boolean;
}

function asBool(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

/** all and exists: one turn may decide; an error counts only when none does. */
function decide({ turns, body }: Fold, deciding: boolean): boolean {
  let failed: CelError | undefined;
  for (const turn of turns) {
    try {
      if (asBool(body(turn)) === deciding) return deciding;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failed ??= error;
    }
  }
  if (failed) throw failed;
  return !deciding;
}

const RUNS: Record<Comprehension['fold'], (fold: Fold) => CelValue> = {
  all: (one) => decide(one, false),
  exists: (one) => decide(one, true),
  existsOne: ({ turns, body }) => turns.filter((turn) => asBool(body(turn))).length === 1,
  map: ({ turns, body, passes }) => turns.filter(passes).map(body),
  filter: ({ turns, body }) => turns.filter((turn) => asBool(body(turn))).map(([value]) => value),
  transformList: ({ turns, body, passes }) => turns.filter(passes).map(body),
  transformMap: ({ turns, body, passes }) => new CelMap(turns.filter(passes).map((turn) => [turn[0], body(turn)] as const)),
  transformMapEntry: ({ turns, body, passes }) => {
    const entries: [CelValue, CelValue][] = [];
    for (const turn of turns.filter(passes)) {
      const made = body(turn);
      if (!(made instanceof CelMap)) throw new CelError('no such overload');
      entries.push(...made.entries());
    }
    return new CelMap(entries);
  },
};

function optMap({ target, variable, body, flat }: Extract<Expr, { kind: 'optMap' }>, compile: Compile): Evaluate {
  const [from, then] = [compile(target), compile(body)];
  return (variables, budget) => {
    const value = from(variables, budget);
    if (!(value instanceof Optional)) throw new CelError('no such overload');
    if (value.value === undefined) return Optional.none;
    const made = then(new Map([...variables, [variable, value.value]]), budget);
    return flat ? made : new Optional(made);
  };
}
