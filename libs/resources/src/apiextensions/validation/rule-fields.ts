import { type FieldError, fieldError, type Path, type Schema } from '@windlass/meta';
import { resolveRulePath } from './field-path.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const breaksLines = (text: string): boolean => /[\n\r]/.test(text);

/** What surrounds the expressions of x-kubernetes-validations: presence, messages, reasons, field paths. */
export function ruleFieldErrors(schema: Schema, at: Path): FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((each, i) => {
    const here = at.child('x-kubernetes-validations').index(i);
    const { rule = '', message = '', messageExpression = '', reason, fieldPath = '' } = each;
    const errors: FieldError[] = [];
    if (rule.trim() === '') errors.push(fieldError.required(here.child('rule'), 'rule is not specified'));
    else if (message && message.trim() === '')
      errors.push(fieldError.invalid(here.child('message'), message, 'must be non-empty if specified'));
    else if (breaksLines(message.trim()))
      errors.push(fieldError.invalid(here.child('message'), message, 'must not contain line breaks'));
    else if (breaksLines(rule.trim()) && message.trim() === '')
      errors.push(fieldError.required(here.child('message'), 'message must be specified if rule contains line breaks'));
    if (messageExpression && messageExpression.trim() === '')
      errors.push(fieldError.required(here.child('messageExpression'), 'messageExpression must be non-empty if specified'));
    if (reason !== undefined && !REASONS.includes(reason))
      errors.push(fieldError.notSupported(here.child('reason'), reason, REASONS));
    const where = here.child('fieldPath');
    if (fieldPath && fieldPath.trim() === '') errors.push(fieldError.invalid(where, fieldPath, 'must be non-empty if specified'));
    if (breaksLines(fieldPath)) errors.push(fieldError.invalid(where, fieldPath, 'must not contain line breaks'));
    if (fieldPath && 'wrong' in resolveRulePath(fieldPath, schema))
      errors.push(fieldError.invalid(where, fieldPath, 'must be a valid path'));
    return errors;
  });
}
