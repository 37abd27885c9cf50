import { type AnyObject, type CelProgram, type CelType, type ObjectType, path } from '@windlass/meta';
import { PolicyCompiler, type Variable } from '@windlass/resources';
import type { NamedCondition } from '../matching/conditions.ts';

/** An expression of a policy, ready to run, or why it is not. */
export interface PolicyExpression {
  source: string;
  program: CelProgram | Error;
}

/** The parts that all policies have. */
export interface CompiledPolicy {
  variables: Map<string, PolicyExpression>;
  variablesType: ObjectType;
  conditions: (PolicyExpression & { name: string })[];
}

type Compiled = ReturnType<PolicyCompiler['compile']>;

const expressionOf = (source: string, { program, errors }: Compiled): PolicyExpression => ({
  source,
  program: program ?? new Error(errors[0]?.detail),
});

/** A compiler for the spec of one policy, whose variables are declared already. */
export class SpecCompiler {
  readonly base: CompiledPolicy;
  readonly #compiler: PolicyCompiler;

  constructor({ paramKind, variables = [], matchConditions = [] }: AnyObject, mutations: boolean) {
    this.#compiler = new PolicyCompiler({ params: paramKind !== undefined, mutations });
    const declared = (variables as Variable[]).map((variable) => {
      const compiled = this.#compiler.declare(variable, path('spec'));
      return [variable.name, expressionOf(variable.expression, compiled)] as const;
    });
    this.base = {
      variables: new Map(declared),
      variablesType: this.#compiler.variables,
      conditions: (matchConditions as NamedCondition[]).map(({ name, expression }) => ({ name, ...this.compile(expression) })),
    };
  }

  compile(source: string, ...allowed: readonly CelType[]): PolicyExpression {
    return expressionOf(source, this.#compiler.compile(source, path('spec'), ...allowed));
  }

  compileMessage(source: string): PolicyExpression {
    return expressionOf(source, this.#compiler.compileMessage(source, path('spec')));
  }
}

/** Compiles each policy once for as long as its object stands. */
export function compiledOnce<T>(compile: (spec: AnyObject) => T): (policy: AnyObject) => T {
  const known = new WeakMap<AnyObject, T>();
  return (policy) => {
    let compiled = known.get(policy);
    if (!compiled) {
      compiled = compile(policy.spec as AnyObject);
      known.set(policy, compiled);
    }
    return compiled;
  };
}
