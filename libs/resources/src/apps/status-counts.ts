import { type FieldError, fieldError, path } from '@windlass/meta';
import { nonNegative } from '../fields/numbers.ts';

const AT = path('status');

type Counts = object | undefined;

const numberOf = (status: Counts, field: string): number => (status as Record<string, number | undefined>)?.[field] ?? 0;

/** No count is below zero; in the order of `fields`. */
export const validateCounts = (status: Counts, fields: readonly string[]): FieldError[] =>
  fields.flatMap((field) => nonNegative(numberOf(status, field), AT.child(field)));

/** None of `fields` is greater than `limit`, named `shown` in the text. */
export const notGreaterThan = (status: Counts, fields: readonly string[], limit: string, shown: string): FieldError[] =>
  fields.flatMap((field) => {
    const value = numberOf(status, field);
    return value > numberOf(status, limit) ? [fieldError.invalid(AT.child(field), value, `cannot be greater than ${shown}`)] : [];
  });

interface Collisions {
  status?: { collisionCount?: number };
}

/** The count of hash collisions only grows. */
export function collisionsGrow({ status }: Collisions, old: Collisions): FieldError[] {
  const [count, before] = [status?.collisionCount, old.status?.collisionCount];
  const decremented = before !== undefined && (count === undefined || count < before);
  return decremented ? [fieldError.invalid(AT.child('collisionCount'), count ?? 0, 'cannot be decremented')] : [];
}
