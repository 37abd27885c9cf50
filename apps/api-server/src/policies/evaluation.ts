import { CelBudget, CelCostError, CelError, CelObject, type CelProgram, type CelValue, PER_CALL_LIMIT } from '@windlass/meta';
import { evaluateCel } from '../matching/cel-values.ts';
import type { CompiledPolicy, PolicyExpression } from './compile.ts';

/** What one policy may spend on one request and parameter (k8s.io/apiserver/pkg/apis/cel.RuntimeCELCostBudget). */
export const POLICY_BUDGET = 10_000_000;
/** The same of its matchConditions. */
const CONDITIONS_BUDGET = POLICY_BUDGET / 4;
const QUOTE = (text: string): string => JSON.stringify(text);

/** Nothing more of this policy is evaluated. */
export class OutOfBudgetError extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/** The outcome of an expression: a value, or why there is none. */
export type Outcome = { value: CelValue; error?: undefined } | { value?: undefined; error: string };

/** `variables` of a policy: each is evaluated when an expression first asks for it, and once. */
class LazyVariables extends CelObject {
  readonly #policy: CompiledPolicy;
  readonly #known = new Map<string, CelValue | CelError>();
  readonly #evaluate: (program: CelProgram) => CelValue;

  constructor(policy: CompiledPolicy, evaluate: (program: CelProgram) => CelValue) {
    super(policy.variablesType, {});
    this.#policy = policy;
    this.#evaluate = evaluate;
  }

  override get(name: string): CelValue | undefined {
    const known = this.#known.get(name) ?? this.#make(name);
    if (known instanceof CelError) throw known;
    return known;
  }

  #make(name: string): CelValue | CelError | undefined {
    const variable = this.#policy.variables.get(name);
    if (!variable) return undefined;
    let made: CelValue | CelError;
    try {
      if (variable.program instanceof Error)
        made = new CelError(`composited variable ${QUOTE(name)} fails to compile: ${variable.program.message}`);
      else made = this.#evaluate(variable.program);
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CelCostError)) throw error;
      made = new CelError(`composited variable ${QUOTE(name)} fails to evaluate: ${error.message}`);
    }
    this.#known.set(name, made);
    return made;
  }
}

/** Evaluates the expressions of one policy for one request and parameter, within one budget. */
export class PolicyEvaluation {
  readonly #values: Map<string, CelValue>;
  #spent = 0;

  constructor(policy: CompiledPolicy, base: ReadonlyMap<string, CelValue>) {
    this.#values = new Map(base);
    this.#values.set(
      'variables',
      new LazyVariables(policy, (program) => {
        const budget = new CelBudget(PER_CALL_LIMIT);
        try {
          return program.evaluate(this.#values, budget);
        } finally {
          this.#spent += budget.spent;
        }
      }),
    );
  }

  /** @throws OutOfBudgetError */
  async run({ source, program }: PolicyExpression, limit = POLICY_BUDGET): Promise<Outcome> {
    if (program instanceof Error) return { error: `compilation error: ${program.message}` };
    const budget = new CelBudget(PER_CALL_LIMIT);
    let outcome: Outcome;
    try {
      outcome = { value: await evaluateCel(program, this.#values, budget) };
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CelCostError)) throw error;
      outcome = { error: `expression '${source}' resulted in error: ${error.message}` };
    }
    this.#spent += budget.spent;
    if (this.#spent > limit) throw new OutOfBudgetError();
    return outcome;
  }
}

/**
 * A policy's matchConditions: one that is false decides, before any error.
 * @returns the error when none is false and some cannot be evaluated
 */
export async function conditionsHold(
  policy: CompiledPolicy,
  base: ReadonlyMap<string, CelValue>,
): Promise<{ matches: boolean; error?: string }> {
  if (policy.conditions.length === 0) return { matches: true };
  const evaluation = new PolicyEvaluation(policy, new Map(base).set('namespaceObject', null));
  const errors: string[] = [];
  for (const condition of policy.conditions) {
    let outcome: Outcome;
    try {
      outcome = await evaluation.run(condition, CONDITIONS_BUDGET);
    } catch (error) {
      if (error instanceof OutOfBudgetError) return { matches: false, error: error.message };
      throw error;
    }
    if (outcome.value === false) return { matches: false };
    if (outcome.error !== undefined) errors.push(outcome.error);
  }
  if (errors.length === 0) return { matches: true };
  return { matches: false, error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` };
}
