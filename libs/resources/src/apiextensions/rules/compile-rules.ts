import {
  CelCompileError,
  type CelEnvironment,
  type CelProgram,
  celTypes,
  compileCel,
  extendEnvironment,
  kubernetesEnvironment,
  mentions,
  type Schema,
} from '@windlass/meta';
import { resolveRulePath } from '../validation/field-path.ts';
import type { SizedType } from './schema-type.ts';

export type Rule = NonNullable<Schema['x-kubernetes-validations']>[number];

/** One rule of x-kubernetes-validations. Neither program nor error: the rule is empty. */
export interface CompiledRule {
  rule: Rule;
  program?: CelProgram;
  error?: string;
  message?: CelProgram;
  messageError?: string;
  usesOldSelf: boolean;
  /** What errors point at, below the rule's own place. */
  fieldPath: string;
}

/** Compiles an expression of a type. @returns the program, or what is wrong */
function compileAs(
  source: string,
  environment: CelEnvironment,
  kind: 'bool' | 'string',
  texts: { failed: string; type: string },
): CelProgram | string {
  try {
    const program = compileCel(source, environment);
    return program.type.kind === kind ? program : texts.type;
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    return `${texts.failed}: ${error.message}`;
  }
}

function compileRule(rule: Rule, schema: Schema, environment: CelEnvironment): CompiledRule {
  const compiled: CompiledRule = { rule, usesOldSelf: false, fieldPath: '' };
  if ((rule.rule ?? '').trim() === '') return compiled;
  const program = compileAs(rule.rule, environment, 'bool', {
    failed: 'compilation failed',
    type: 'cel expression must evaluate to a bool',
  });
  if (typeof program === 'string') return { ...compiled, error: program };
  compiled.program = program;
  compiled.usesOldSelf = mentions(program.expr, 'oldSelf');
  if (rule.messageExpression) {
    const message = compileAs(rule.messageExpression, environment, 'string', {
      failed: 'messageExpression compilation failed',
      type: 'messageExpression must evaluate to a string',
    });
    if (typeof message === 'string') return { ...compiled, messageError: message };
    compiled.message = message;
  }
  const found = rule.fieldPath ? resolveRulePath(rule.fieldPath, schema) : undefined;
  if (found && 'text' in found) compiled.fieldPath = found.text;
  return compiled;
}

/** Compiles the rules right at a schema, not those below it, against its type. */
export function compileRules(rules: readonly Rule[], schema: Schema, { type }: SizedType): CompiledRule[] {
  const plain = extendEnvironment(kubernetesEnvironment, { variables: { self: type, oldSelf: type } });
  const optional = extendEnvironment(plain, { variables: { oldSelf: celTypes.optionalOf(type) } });
  return rules.map((rule) => compileRule(rule, schema, rule.optionalOldSelf ? optional : plain));
}
