import {
  type FieldError,
  fieldError,
  type LabelSelector,
  type Path,
  validateLabels,
  validateLabelValue,
  validateQualifiedName,
} from '@windlass/meta';
import { textErrors } from './names.ts';

export interface LabelSelectorOptions {
  /** Values that are no label values were accepted once; objects that hold such keep them. */
  allowInvalidValues?: boolean;
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function validateExpression({ key, operator, values = [] }: Expression, options: LabelSelectorOptions, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(fieldError.required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(
          fieldError.forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      break;
    default:
      errors.push(fieldError.invalid(at.child('operator'), operator, 'not a valid selector operator'));
  }
  errors.push(...textErrors(validateQualifiedName, key, at.child('key')));
  if (!options.allowInvalidValues)
    values.forEach((value, i) => void errors.push(...textErrors(validateLabelValue, value, at.child('values').index(i))));
  return errors;
}

/** ValidateLabelSelector of meta/v1. Absent passes. */
export function validateLabelSelector(
  selector: LabelSelector | undefined,
  at: Path,
  options: LabelSelectorOptions = {},
): FieldError[] {
  if (!selector) return [];
  const errors = validateLabels(selector.matchLabels, at.child('matchLabels'));
  const expressions = at.child('matchExpressions');
  selector.matchExpressions?.forEach((one, i) => void errors.push(...validateExpression(one, options, expressions.index(i))));
  return errors;
}

export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0;
