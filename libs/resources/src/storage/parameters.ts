import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { qualifiedName } from '../fields/names.ts';

const MAX_COUNT = 512;
const MAX_BYTES = 256 * 1024;

/** Bytes of all keys and values. */
export const sizeOf = (map: Readonly<Record<string, string>>): number =>
  Object.entries(map).reduce((total, [key, value]) => total + Buffer.byteLength(key) + Buffer.byteLength(value), 0);

/** What a class hands to its driver. */
export function parameters(map: Readonly<Record<string, string>> = {}, at: Path): FieldError[] {
  const keys = Object.keys(map);
  if (keys.length > MAX_COUNT) return [fieldError.tooLong(at, '', MAX_COUNT)];
  const errors: FieldError[] = keys.includes('') ? [fieldError.invalid(at, '', 'field can not be empty.')] : [];
  if (sizeOf(map) > MAX_BYTES) errors.push(fieldError.tooLong(at, '', MAX_BYTES));
  return errors;
}

/** The name of a provisioner or driver; case does not count. */
export const provisionerName = (name: string | undefined, at: Path): FieldError[] =>
  name ? qualifiedName(name.toLowerCase(), at) : [fieldError.required(at)];
