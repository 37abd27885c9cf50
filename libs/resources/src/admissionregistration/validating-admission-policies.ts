import { celTypes, type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { qualifiedName } from '../fields/names.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import type { AuditAnnotation, ValidatingAdmissionPolicy, Validation } from '../types.gen.ts';
import { PolicyCompiler } from './policy-expressions.ts';
import { defaultPolicy, paramKindColumn, validatePolicy } from './policy-fields.ts';

const { BOOL, NULL, STRING } = celTypes;
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const SHOWN_REASONS = REASONS.filter((reason) => reason !== 'Unauthorized');
const MAX_ANNOTATIONS = 20;
const MAX_ANNOTATION_BYTES = 5 * 1024;
const NOTHING = 'validations or auditAnnotations must contain at least one item';

function validateValidation(compiler: PolicyCompiler, validation: Validation, at: Path): FieldError[] {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  const errors: FieldError[] = [];
  if (expression.trim() === '') errors.push(fieldError.required(at.child('expression'), 'expression is not specified'));
  else errors.push(...compiler.compile(expression, at.child('expression'), BOOL).errors);
  const shown = at.child('messageExpression');
  if (messageExpression && messageExpression.trim() === '')
    errors.push(fieldError.invalid(shown, messageExpression, 'must be non-empty if specified'));
  else if (messageExpression) errors.push(...compiler.compileMessage(messageExpression, shown).errors);
  const text = at.child('message');
  if (message && message.trim() === '') errors.push(fieldError.invalid(text, message, 'message must be non-empty if specified'));
  else if (/[\r\n]/.test(message.trim())) errors.push(fieldError.invalid(text, message, 'must not contain line breaks'));
  else if (/[\r\n]/.test(expression.trim()) && message === '')
    errors.push(fieldError.required(text, 'message must be specified if expression contains line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(...oneOf(reason, SHOWN_REASONS, at.child('reason')));
  return errors;
}

function validateAnnotation(compiler: PolicyCompiler, policy: string, annotation: AuditAnnotation, at: Path): FieldError[] {
  const { key = '', valueExpression = '' } = annotation;
  const errors = qualifiedName(policy ? `${policy}/${key}` : key, at.child('key'));
  const value = at.child('valueExpression');
  if (valueExpression.trim() === '') return [...errors, fieldError.required(value, 'valueExpression is not specified')];
  if (Buffer.byteLength(valueExpression) > MAX_ANNOTATION_BYTES)
    return [...errors, fieldError.required(value, `must not exceed ${MAX_ANNOTATION_BYTES} bytes`)];
  return [...errors, ...compiler.compile(valueExpression, value, STRING, NULL).errors];
}

function validate({ metadata, spec }: ValidatingAdmissionPolicy): FieldError[] {
  const at = path('spec');
  const compiler = new PolicyCompiler({ params: spec.paramKind !== undefined });
  const errors = [...validatePolicy(spec, at), ...compiler.validateVariables(spec.variables, at.child('variables'))];
  const { validations = [], auditAnnotations = [] } = spec;
  const [checks, annotations] = [at.child('validations'), at.child('auditAnnotations')];
  if (validations.length + auditAnnotations.length === 0)
    return [...errors, fieldError.required(checks, NOTHING), fieldError.required(annotations, NOTHING)];
  validations.forEach((one, i) => {
    errors.push(...validateValidation(compiler, one, checks.index(i)));
  });
  const keys = new Set<string>();
  auditAnnotations.forEach((one, i) => {
    errors.push(...validateAnnotation(compiler, metadata.name ?? '', one, annotations.index(i)));
    if (keys.has(one.key)) errors.push(fieldError.duplicate(annotations.index(i).child('key'), one.key));
    keys.add(one.key);
  });
  if (auditAnnotations.length > MAX_ANNOTATIONS)
    errors.push(fieldError.invalid(annotations, auditAnnotations, `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`));
  return errors;
}

export const validatingAdmissionPolicies = builtin<ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicies',
  {
    strategy: {
      default: ({ spec }) => defaultPolicy(spec),
      prepareForCreate: clearStatus(() => ({})),
      validate,
    },
    subresources: { status: { validateUpdate: () => [] } },
    columns: [
      nameColumn,
      column<ValidatingAdmissionPolicy>(
        'Validations',
        'integer',
        'Validations indicates the number of validation rules defined in this configuration',
        ({ spec }) => spec.validations?.length ?? 0,
      ),
      paramKindColumn as never,
      ageColumn,
    ] as never,
  },
);
