import { type FieldError, fieldError, type Path, parseIp } from '@windlass/meta';

export const NOT_AN_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** validation.IsValidIP */
export const validIp = (value: string, at: Path): FieldError[] =>
  parseIp(value) ? [] : [fieldError.invalid(at, value, NOT_AN_IP)];

/** True when the addresses are of both families. */
export const isDualStack = (values: readonly string[]): boolean =>
  new Set(values.map((value) => parseIp(value)?.family)).size === 2;
