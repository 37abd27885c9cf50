import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { JobSpec } from '../types.gen.ts';

/** Limits that keep the texts of completed and failed indexes short. */
const MAX_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
export const MANY_COMPLETIONS = 100_000;
export const MAX_PARALLELISM_OF_MANY = 10_000;
const MAX_FAILED_INDEXES_OF_MANY = 10_000;

/** A job of many indexes that counts failures for each of them (KEP-3850). */
function validateMany({ backoffLimitPerIndex, completions = 0, maxFailedIndexes, parallelism = 0 }: JobSpec, at: Path) {
  if (backoffLimitPerIndex === undefined || completions <= MANY_COMPLETIONS) return [];
  const when = `when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  const errors: FieldError[] = [];
  const failed = at.child('maxFailedIndexes');
  if (maxFailedIndexes === undefined)
    errors.push(fieldError.required(failed, `must be specified when completions is above ${MANY_COMPLETIONS}`));
  if (parallelism > MAX_PARALLELISM_OF_MANY) {
    const detail = `must be less than or equal to ${MAX_PARALLELISM_OF_MANY} ${when}`;
    errors.push(fieldError.invalid(at.child('parallelism'), parallelism, detail));
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_FAILED_INDEXES_OF_MANY) {
    const detail = `must be less than or equal to ${MAX_FAILED_INDEXES_OF_MANY} ${when}`;
    errors.push(fieldError.invalid(failed, maxFailedIndexes, detail));
  }
  return errors;
}

function validateIndexed(spec: JobSpec, at: Path): FieldError[] {
  const { completions, maxFailedIndexes, parallelism = 0 } = spec;
  const errors: FieldError[] = [];
  const failed = at.child('maxFailedIndexes');
  if (completions === undefined) errors.push(fieldError.required(at.child('completions'), 'when completion mode is Indexed'));
  if (parallelism > MAX_PARALLELISM) {
    const detail = `must be less than or equal to ${MAX_PARALLELISM} when completion mode is Indexed`;
    errors.push(fieldError.invalid(at.child('parallelism'), parallelism, detail));
  }
  if (maxFailedIndexes !== undefined) {
    if (completions !== undefined && maxFailedIndexes > completions)
      errors.push(fieldError.invalid(failed, maxFailedIndexes, 'must be less than or equal to completions'));
    if (maxFailedIndexes > MAX_FAILED_INDEXES)
      errors.push(fieldError.invalid(failed, maxFailedIndexes, `must be less than or equal to ${MAX_FAILED_INDEXES}`));
  }
  return [...errors, ...validateMany(spec, at)];
}

/** What each completion mode asks of the other fields of a job's spec at `at`. */
export function validateCompletionMode(spec: JobSpec, at: Path): FieldError[] {
  const { completionMode: mode } = spec;
  if (mode === 'Indexed') return validateIndexed(spec, at);
  if (mode !== undefined && mode !== 'NonIndexed')
    return [fieldError.notSupported(at.child('completionMode'), mode, ['NonIndexed', 'Indexed'])];
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    .filter((field) => spec[field] !== undefined)
    .map((field) => fieldError.invalid(at.child(field), spec[field], 'requires indexed completion mode'));
}
