import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { inclusiveRange, MODE_RANGE, NOT_NEGATIVE, POSITIVE } from './messages.ts';

const MAX_INT32 = 2 ** 31 - 1;

type Check = (value: number | undefined, at: Path) => FieldError[];

const check =
  (holds: (value: number) => boolean, detail: string): Check =>
  (value, at) =>
    value === undefined || holds(value) ? [] : [fieldError.invalid(at, value, detail)];

/** Each passes an absent value. */
export const nonNegative: Check = check((value) => value >= 0, NOT_NEGATIVE);
export const positive: Check = check((value) => value > 0, POSITIVE);
export const fileMode: Check = check((value) => value >= 0 && value <= 0o777, MODE_RANGE);
export const userOrGroupId: Check = check((value) => value >= 0 && value <= MAX_INT32, inclusiveRange(0, MAX_INT32));

/** `low` ≤ value ≤ `high`, with the text of validation.InclusiveRangeError. */
export const inRange = (value: number | undefined, low: number, high: number, at: Path): FieldError[] =>
  value === undefined || (value >= low && value <= high) ? [] : [fieldError.invalid(at, value, inclusiveRange(low, high))];
