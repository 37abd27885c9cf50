import { type AnyObject, celTypes } from '@windlass/meta';
import type { AuditAnnotation, ValidatingAdmissionPolicySpec, Validation } from '@windlass/resources';
import { type CompiledPolicy, compiledOnce, type PolicyExpression, SpecCompiler } from './compile.ts';

const { BOOL, NULL, STRING } = celTypes;

export interface CompiledValidation {
  validation: Validation;
  expression: PolicyExpression;
  message?: PolicyExpression;
}

export interface ValidatingPolicy extends CompiledPolicy {
  validations: CompiledValidation[];
  annotations: { key: string; expression: PolicyExpression }[];
}

function compile(spec: AnyObject): ValidatingPolicy {
  const { validations = [], auditAnnotations = [] } = spec as unknown as ValidatingAdmissionPolicySpec;
  const compiler = new SpecCompiler(spec, false);
  return {
    ...compiler.base,
    validations: validations.map((validation) => ({
      validation,
      expression: compiler.compile(validation.expression, BOOL),
      ...(validation.messageExpression ? { message: compiler.compileMessage(validation.messageExpression) } : {}),
    })),
    annotations: auditAnnotations.map(({ key, valueExpression }: AuditAnnotation) => ({
      key,
      expression: compiler.compile(valueExpression, STRING, NULL),
    })),
  };
}

export const validatingPolicy = compiledOnce(compile);
