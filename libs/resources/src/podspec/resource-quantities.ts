import { type FieldError, fieldError, type Path, Quantity } from '@windlass/meta';
import { NOT_INTEGER } from '../fields/messages.ts';
import { nonNegativeQuantity } from '../fields/quantities.ts';
import { isIntegerResource } from './resource-names.ts';

/** ValidateResourceQuantityValue: not negative, and whole where things are counted. */
export const resourceQuantity = (name: string, amount: string, at: Path): FieldError[] => [
  ...nonNegativeQuantity(amount, at),
  ...(isIntegerResource(name) && Quantity.parse(amount).milliValue() % 1000 !== 0
    ? [fieldError.invalid(at, amount, NOT_INTEGER)]
    : []),
];
