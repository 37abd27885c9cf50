import { type FieldError, fieldError, type Path, Quantity } from '@windlass/meta';
import { NOT_NEGATIVE, POSITIVE } from './messages.ts';

type Check = (value: string | undefined, at: Path) => FieldError[];

/** Quantities were checked to be readable when the body was decoded; absent passes. */
export const nonNegativeQuantity: Check = (value, at) =>
  value?.startsWith('-') ? [fieldError.invalid(at, value, NOT_NEGATIVE)] : [];

export const positiveQuantity: Check = (value, at) =>
  value !== undefined && Quantity.parse(value).sign <= 0 ? [fieldError.invalid(at, value, POSITIVE)] : [];
