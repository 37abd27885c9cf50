import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { driverName } from '../storage/driver-name.ts';
import type { OpaqueDeviceConfiguration } from '../types.gen.ts';
import { MAX_PARAMETERS_BYTES } from './limits.ts';

/** A JSON object that only its driver understands. `isStored`: what is stored already may be longer. */
export function rawObject(value: unknown, at: Path, isStored = false): FieldError[] {
  if (value === undefined || value === null) return [fieldError.required(at)];
  if (!isStored && Buffer.byteLength(JSON.stringify(value)) > MAX_PARAMETERS_BYTES)
    return [fieldError.tooLong(at, '', MAX_PARAMETERS_BYTES)];
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return isObject ? [] : [fieldError.invalid(at, '<value omitted>', 'must be a valid JSON object')];
}

/** What configures a device: so far only opaque parameters. */
export function deviceConfiguration(
  { opaque }: { opaque?: OpaqueDeviceConfiguration },
  at: Path,
  isStored = false,
): FieldError[] {
  const here = at.child('opaque');
  if (!opaque) return [fieldError.required(here)];
  return [
    ...driverName(opaque.driver, here.child('driver')),
    ...rawObject(opaque.parameters, here.child('parameters'), isStored),
  ];
}
