import {
  CelCompileError,
  CelCostError,
  type CelEnvironment,
  CelError,
  type CelProgram,
  compileCel,
  type Variables,
} from '@windlass/meta';
import { evaluateCel } from './cel-values.ts';

export interface NamedCondition {
  name: string;
  expression: string;
}

/** `error`: no condition was false, and at least one could not be evaluated. */
export interface ConditionsResult {
  matches: boolean;
  failedCondition?: string;
  error?: string;
}

const compiled = new WeakMap<readonly NamedCondition[], { name: string; program: CelProgram | Error }[]>();

function programsOf(conditions: readonly NamedCondition[], environment: CelEnvironment) {
  let programs = compiled.get(conditions);
  if (!programs) {
    programs = conditions.map(({ name, expression }) => {
      try {
        return { name, program: compileCel(expression, environment) };
      } catch (error) {
        if (!(error instanceof CelCompileError)) throw error;
        return { name, program: error };
      }
    });
    compiled.set(conditions, programs);
  }
  return programs;
}

/** k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions: one false decides, before any error. */
export async function conditionsMatch(
  conditions: readonly NamedCondition[],
  environment: CelEnvironment,
  variables: Variables,
): Promise<ConditionsResult> {
  const errors: string[] = [];
  for (const { name, program } of programsOf(conditions, environment)) {
    try {
      if (program instanceof Error) throw program;
      if ((await evaluateCel(program, variables)) !== true) return { matches: false, failedCondition: name };
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CelCostError || error instanceof CelCompileError)) throw error;
      const expression = conditions.find((condition) => condition.name === name)?.expression ?? '';
      errors.push(`expression '${expression}' resulted in error: ${error.message}`);
    }
  }
  if (errors.length === 0) return { matches: true };
  return { matches: false, error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` };
}
