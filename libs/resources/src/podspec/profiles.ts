import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { descendingPath } from '../fields/paths.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { AppArmorProfile, SeccompProfile } from '../types.gen.ts';

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const MAX_PROFILE_PATH = 4095;

export function validateSeccompProfile(profile: SeccompProfile | undefined, at: Path): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const errors: FieldError[] = [];
  const local = at.child('localhostProfile');
  if (!type) errors.push(fieldError.required(at.child('type'), 'type is required when seccompProfile is set'));
  else if (!TYPES.includes(type)) errors.push(fieldError.notSupported(at.child('type'), type, TYPES));
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.push(fieldError.required(local, 'must be set when seccomp type is Localhost'));
    else errors.push(...descendingPath(localhostProfile, local));
  } else if (localhostProfile !== undefined)
    errors.push(fieldError.invalid(local, goStruct('SeccompProfile', profile), 'can only be set when seccomp type is Localhost'));
  return errors;
}

function validateLocalAppArmor(profile: string | undefined, at: Path): FieldError[] {
  const missing = fieldError.required(at, 'must be set when AppArmor type is Localhost');
  if (profile === undefined) return [missing];
  const errors: FieldError[] = [];
  if (profile.trim() !== profile) errors.push(fieldError.invalid(at, profile, 'must not be padded with whitespace'));
  else if (profile === '') errors.push(missing);
  if (profile.length > MAX_PROFILE_PATH) errors.push(fieldError.tooLong(at, '', MAX_PROFILE_PATH));
  return errors;
}

export function validateAppArmorProfile(profile: AppArmorProfile | undefined, at: Path): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const local = at.child('localhostProfile');
  switch (type) {
    case 'Localhost':
      return validateLocalAppArmor(localhostProfile, local);
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile === undefined
        ? []
        : [fieldError.invalid(local, localhostProfile, 'can only be set when AppArmor type is Localhost')];
    default:
      return type
        ? [fieldError.notSupported(at.child('type'), type, TYPES)]
        : [fieldError.required(at.child('type'), 'type is required when appArmorProfile is set')];
  }
}
