import { type FieldError, fieldError, goQuote, type ObjectMeta, type Path } from '@windlass/meta';
import { descendingPath } from '../fields/paths.ts';
import { validateTolerations } from '../fields/taints.ts';
import type { AppArmorProfile, PodSpec, SeccompProfile, Toleration } from '../types.gen.ts';
import { containersWithPath } from './visit.ts';

export const MIRROR_POD = 'kubernetes.io/config.mirror';
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
export const APPARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
export const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP_CONTAINER_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';
const LOCALHOST = 'localhost/';

function validateTolerationsText(text: string, at: Path): FieldError[] {
  let tolerations: Toleration[];
  try {
    tolerations = JSON.parse(text) as Toleration[];
  } catch (error) {
    return [fieldError.invalid(at, TOLERATIONS, (error as Error).message)];
  }
  return validateTolerations(tolerations, at.child(TOLERATIONS));
}

function validateSeccompText(profile: string, at: Path): FieldError[] {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return [];
  if (profile.startsWith(LOCALHOST)) return descendingPath(profile.slice(LOCALHOST.length), at);
  return [fieldError.invalid(at, profile, 'must be a valid seccomp profile')];
}

const isAppArmorText = (profile: string): boolean =>
  profile === '' || profile === 'runtime/default' || profile === 'unconfined' || profile.startsWith(LOCALHOST);

function validateAppArmorTexts(annotations: Record<string, string>, spec: PodSpec, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, profile] of Object.entries(annotations)) {
    if (!key.startsWith(APPARMOR_PREFIX)) continue;
    const name = key.slice(APPARMOR_PREFIX.length);
    const known = [...containersWithPath(spec, at)].some(({ container }) => container.name === name);
    if (!known) errors.push(fieldError.invalid(at.key(key), name, 'container not found'));
    if (!isAppArmorText(profile))
      errors.push(fieldError.invalid(at.key(key), profile, `invalid AppArmor profile name: ${goQuote(profile)}`));
  }
  return errors;
}

const isInt32 = (text: string): boolean => /^(0|-?[1-9]\d*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;

/** ValidatePodSpecificAnnotations: annotations that mean something to pods. `at` is the annotations' path. */
export function validatePodAnnotations(annotations: Record<string, string> | undefined, spec: PodSpec, at: Path): FieldError[] {
  if (!annotations) return [];
  const errors: FieldError[] = [];
  const mirror = annotations[MIRROR_POD];
  if (mirror !== undefined && !spec.nodeName)
    errors.push(fieldError.invalid(at.key(MIRROR_POD), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  const tolerations = annotations[TOLERATIONS];
  if (tolerations) errors.push(...validateTolerationsText(tolerations, at));
  const cost = annotations[DELETION_COST];
  if (cost !== undefined && !isInt32(cost))
    errors.push(fieldError.invalid(at.key(DELETION_COST), cost, 'must be a 32bit integer'));
  const seccomp = annotations[SECCOMP_POD];
  if (seccomp !== undefined) errors.push(...validateSeccompText(seccomp, at.child(SECCOMP_POD)));
  for (const [key, profile] of Object.entries(annotations))
    if (key.startsWith(SECCOMP_CONTAINER_PREFIX)) errors.push(...validateSeccompText(profile, at.child(key)));
  return [...errors, ...validateAppArmorTexts(annotations, spec, at)];
}

type Profile = SeccompProfile | AppArmorProfile;

/** An annotation and the field that replaced it have to agree. */
function profileMatches(kind: 'seccomp' | 'apparmor', text: string, profile: Profile, at: Path): FieldError[] {
  const differs = [fieldError.forbidden(at.child('type'), `${kind} type in annotation and field must match`)];
  if (profile.type === 'Unconfined') return text === 'unconfined' ? [] : differs;
  if (profile.type === 'RuntimeDefault')
    return text === 'runtime/default' || (kind === 'seccomp' && text === 'docker/default') ? [] : differs;
  if (profile.type !== 'Localhost') return [];
  if (!text.startsWith(LOCALHOST)) return differs;
  return text.slice(LOCALHOST.length) === profile.localhostProfile
    ? []
    : [fieldError.forbidden(at.child('localhostProfile'), `${kind} profile in annotation and field must match`)];
}

/** validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate. `at` is the spec's path. */
export function profilesMatchAnnotations({ annotations }: ObjectMeta, spec: PodSpec, at: Path): FieldError[] {
  if (!annotations) return [];
  const errors: FieldError[] = [];
  const podSeccomp = spec.securityContext?.seccompProfile;
  const podText = annotations[SECCOMP_POD];
  if (podSeccomp && podText !== undefined)
    errors.push(...profileMatches('seccomp', podText, podSeccomp, at.child('securityContext', 'seccompProfile')));
  for (const { container, at: here } of containersWithPath(spec, at)) {
    const text = annotations[SECCOMP_CONTAINER_PREFIX + container.name];
    const profile = container.securityContext?.seccompProfile;
    if (text !== undefined && profile)
      errors.push(...profileMatches('seccomp', text, profile, here.child('securityContext', 'seccompProfile')));
  }
  if (spec.os?.name === 'windows') return errors;
  for (const { container, at: here } of containersWithPath(spec, at)) {
    const text = annotations[APPARMOR_PREFIX + container.name];
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    if (text !== undefined && profile)
      errors.push(...profileMatches('apparmor', text, profile, here.child('securityContext', 'appArmorProfile')));
  }
  return errors;
}
