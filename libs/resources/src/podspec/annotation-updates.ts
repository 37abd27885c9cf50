import { type FieldError, fieldError, path } from '@windlass/meta';
import type { Pod } from '../types.gen.ts';
import { APPARMOR_PREFIX, MIRROR_POD, validatePodAnnotations } from './annotations.ts';

const AT = path('metadata', 'annotations');

/** ValidatePodSpecificAnnotationUpdates: profiles and the mark of a mirror pod stay as they were made. */
export function annotationChanges(pod: Pod, old: Pod): FieldError[] {
  const next = pod.metadata.annotations ?? {};
  const before = old.metadata.annotations ?? {};
  const errors: FieldError[] = [];
  const refuse = (key: string, verb: string) => {
    if (key.startsWith(APPARMOR_PREFIX)) errors.push(fieldError.forbidden(AT.key(key), `may not ${verb} AppArmor annotations`));
    if (key === MIRROR_POD) errors.push(fieldError.forbidden(AT.key(key), `may not ${verb} mirror pod annotation`));
  };
  for (const [key, value] of Object.entries(before)) if (next[key] !== value) refuse(key, 'remove or update');
  for (const key of Object.keys(next)) if (before[key] === undefined) refuse(key, 'add');
  return [...errors, ...validatePodAnnotations(next, pod.spec, AT)];
}
