import { type FieldError, fieldError, type Path } from '@windlass/meta';

/** `Unsupported value` unless `value` is one of `supported`, which the error lists in the order given. Absent passes. */
export const oneOf = (value: string | undefined, supported: readonly string[], at: Path): FieldError[] =>
  value === undefined || supported.includes(value) ? [] : [fieldError.notSupported(at, value, supported)];

/** As {@link oneOf}, but absent or empty is `Required value`. */
export const requiredOneOf = (value: string | undefined, supported: readonly string[], at: Path): FieldError[] =>
  value ? oneOf(value, supported, at) : [fieldError.required(at)];
