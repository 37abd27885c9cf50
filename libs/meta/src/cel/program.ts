import type { Expr } from './ast.ts';
import { type Checked, checkCel } from './checker.ts';
import type { CelEnvironment } from './environment.ts';
import { CelCompileError } from './errors.ts';
import { CelBudget, interpret, type Variables } from './interpreter.ts';
import { parseCel } from './parser.ts';
import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';

/** An expression that compiled. */
export interface CelProgram {
  source: string;
  type: CelType;
  /** The tree and what is known of it, for cost estimates. */
  expr: Expr;
  checked: Checked;
  /** @throws CelError when the expression fails, CelCostError when the budget is spent */
  evaluate(variables: Variables, budget?: CelBudget): CelValue;
}

/** Default limit of one evaluation, Kubernetes' PerCallLimit. */
export const PER_CALL_LIMIT = 1_000_000;

/** Parses and checks an expression. @throws CelCompileError */
export function compileCel(source: string, environment: CelEnvironment): CelProgram {
  const expr = parseCel(source);
  const checked = checkCel(expr, environment);
  if (checked.problems.length > 0) throw new CelCompileError(checked.problems, source);
  const evaluate = interpret(expr, checked, environment);
  return {
    source,
    type: checked.type,
    expr,
    checked,
    evaluate: (variables, budget = new CelBudget(PER_CALL_LIMIT)) => evaluate(variables, budget),
  };
}
