import { type FieldError, fieldError, type Path, regexError } from '@windlass/meta';
import { NOT_NEGATIVE } from './messages.ts';

export type IntOrString = number | string;

const PERCENT = /^[0-9]+%$/;
const PERCENT_ERROR = regexError(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

export const isPercent = (value: IntOrString | undefined): value is string => typeof value === 'string' && PERCENT.test(value);

/** ValidatePositiveIntOrPercent: a number ≥ 0 or a text such as `25%`. Absent counts as 0. */
export function nonNegativeIntOrPercent(value: IntOrString | undefined, at: Path): FieldError[] {
  if (typeof value === 'string') return isPercent(value) ? [] : [fieldError.invalid(at, value, PERCENT_ERROR)];
  return (value ?? 0) < 0 ? [fieldError.invalid(at, value, NOT_NEGATIVE)] : [];
}

/** IsNotMoreThan100Percent */
export const notMoreThan100Percent = (value: IntOrString | undefined, at: Path): FieldError[] =>
  isPercent(value) && Number.parseInt(value, 10) > 100 ? [fieldError.invalid(at, value, 'must not be greater than 100%')] : [];

/** The number itself, or a percentage's number. */
export const intOrPercentValue = (value: IntOrString | undefined): number =>
  isPercent(value) ? Number.parseInt(value, 10) : typeof value === 'number' ? value : 0;
