import { fieldError, fieldErrorMessage } from './field-errors.ts';
import { goQuote } from './go-format.ts';
import { validateLabelValue, validateQualifiedName } from './names.ts';
import { Path } from './path.ts';
import { labelValue, meetsRequirement } from './selector-match.ts';

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  key: string;
  operator: LabelOperator;
  values: string[];
}

/** A selector string or object that cannot be read; the message is Kubernetes' (the API answers 400 with it). */
export class SelectorError extends Error {
  override name = 'SelectorError';
}

const fail = (field: Path, value: unknown, detail: string): never => {
  throw new SelectorError(fieldErrorMessage(fieldError.invalid(field, value, detail)));
};

/** labels.NewRequirement. @throws SelectorError */
export function newRequirement(key: string, operator: LabelOperator, values: string[], at = new Path()): LabelRequirement {
  const keyErrors = validateQualifiedName(key);
  if (keyErrors.length > 0) fail(at.child('key'), key, keyErrors.join('; '));
  const here = at.child('values');
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    fail(here, values, "for 'in', 'notin' operators, values set can't be empty");
  }
  if ((operator === '=' || operator === '==' || operator === '!=') && values.length !== 1) {
    fail(here, values, 'exact-match compatibility requires one single value');
  }
  if ((operator === 'exists' || operator === '!') && values.length !== 0) {
    fail(here, values, 'values set must be empty for exists and does not exist');
  }
  if (operator === 'gt' || operator === 'lt') {
    if (values.length !== 1) fail(here, values, "for 'Gt', 'Lt' operators, exactly one value is required");
    if (!/^[+-]?\d+$/.test(values[0] as string))
      fail(here.index(0), values[0], "for 'Gt', 'Lt' operators, the value must be an integer");
  }
  values.forEach((value, i) => {
    const errors = validateLabelValue(value);
    if (errors.length > 0) fail(new Path(`values[${i}][${key}]`), value, errors.join('; '));
  });
  return { key, operator, values };
}

/** As spelled in a selector's object form. */
const OBJECT_OPERATOR: Record<LabelOperator, string> = {
  in: 'In',
  '=': 'In',
  '==': 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
  gt: 'Gt',
  lt: 'Lt',
};

export const matchesRequirement = (
  { key, operator, values }: LabelRequirement,
  labels: Record<string, string> | undefined,
): boolean => meetsRequirement(OBJECT_OPERATOR[operator], values, labelValue(labels, key));

const valueList = (values: string[]): string => (values.length === 1 ? (values[0] as string) : [...values].sort().join(','));

/** labels.Requirement.String */
export function requirementText({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${valueList(values)})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}

export const unknownOperator = (operator: string): SelectorError =>
  new SelectorError(`${goQuote(operator)} is not a valid label selector operator`);
