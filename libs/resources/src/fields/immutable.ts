import { equalJson, type FieldError, fieldError, type Path } from '@windlass/meta';
import { IMMUTABLE } from './messages.ts';

/** ValidateImmutableField. `shown` is how Go's JSON would write the new value when that is not the wire form. */
export const immutable = (value: unknown, old: unknown, at: Path, shown: unknown = value ?? null): FieldError[] =>
  equalJson(value, old) ? [] : [fieldError.invalid(at, shown, IMMUTABLE)];
