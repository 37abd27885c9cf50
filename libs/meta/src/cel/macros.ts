import type { Expr, FoldKind } from './ast.ts';

/** Where a macro was called, and how to refuse it. */
export interface MacroCall {
  fn: string;
  target: Expr | undefined;
  args: Expr[];
  at: number;
  fail(at: number, message: string): void;
}

/** One-variable macros by name and count of arguments. */
const ONE: Record<string, FoldKind> = {
  'all/2': 'all',
  'exists/2': 'exists',
  'exists_one/2': 'existsOne',
  'existsOne/2': 'existsOne',
  'map/2': 'map',
  'map/3': 'map',
  'filter/2': 'filter',
};
/** Two-variable macros (cel-go ext.TwoVarComprehensions). */
const TWO: Record<string, FoldKind> = {
  'all/3': 'all',
  'exists/3': 'exists',
  'existsOne/3': 'existsOne',
  'exists_one/3': 'existsOne',
  'transformList/3': 'transformList',
  'transformList/4': 'transformList',
  'transformMap/3': 'transformMap',
  'transformMap/4': 'transformMap',
  'transformMapEntry/3': 'transformMapEntry',
  'transformMapEntry/4': 'transformMapEntry',
};

/** What a call stands for when it is a macro; undefined when it is an ordinary call. */
export function expandMacro(call: MacroCall): Expr | undefined {
  const { fn, target, args, at } = call;
  if (fn === 'has' && !target && args.length === 1) return hasMacro(call);
  if (!target) return undefined;
  const key = `${fn}/${args.length}`;
  if ((fn === 'optMap' || fn === 'optFlatMap') && args.length === 2) {
    const variable = variableOf(call, args[0]!, 'optMap() variable name must be a simple identifier');
    if (!variable) return { kind: 'literal', at, value: null };
    return { kind: 'optMap', at, target, variable, body: args[1]!, flat: fn === 'optFlatMap' };
  }
  const one = ONE[key];
  const two = TWO[key];
  if (!one && !two) return undefined;
  const count = one ? 1 : 2;
  const variables: string[] = [];
  for (const arg of args.slice(0, count)) {
    const variable = variableOf(call, arg, 'argument must be a simple name');
    if (!variable) return { kind: 'literal', at, value: null };
    variables.push(variable);
  }
  const rest = args.slice(count);
  return {
    kind: 'fold',
    fold: (one ?? two)!,
    at,
    range: target,
    variables,
    ...(rest.length === 2 ? { filter: rest[0]! } : {}),
    body: rest.at(-1)!,
  };
}

function variableOf(call: MacroCall, arg: Expr, message: string): string | undefined {
  if (arg.kind === 'ident') return arg.name;
  call.fail(arg.at, message);
  return undefined;
}

function hasMacro({ args, at, fail }: MacroCall): Expr {
  const [arg] = args;
  if (arg?.kind === 'select' && !arg.optional) return { ...arg, at, test: true };
  fail(at, 'invalid argument to has() macro');
  return { kind: 'literal', at, value: false };
}
