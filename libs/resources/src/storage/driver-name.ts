import { type FieldError, fieldError, type Path, validateDns1123Subdomain } from '@windlass/meta';

const MAX_BYTES = 63;

/** ValidateCSIDriverName: the name that a driver goes by; case does not count. */
export function driverName(name: string | undefined, at: Path): FieldError[] {
  if (!name) return [fieldError.required(at)];
  const errors: FieldError[] = name.length > MAX_BYTES ? [fieldError.tooLong(at, '', MAX_BYTES)] : [];
  for (const text of validateDns1123Subdomain(name.toLowerCase())) errors.push(fieldError.invalid(at, name, text));
  return errors;
}
