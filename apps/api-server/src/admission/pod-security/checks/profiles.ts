import type { SeccompProfile } from '@windlass/resources';
import { allContainers } from '@windlass/resources';
import {
  type Check,
  type CheckedPod,
  containersText,
  containersWith,
  isWindows,
  plural,
  quoted,
  settersText,
  sorted,
  type Violation,
} from './check.ts';

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';

/** A profile, of AppArmor or seccomp, that weakens nothing. */
const isSafe = (profile: { type: string }): boolean => profile.type === 'RuntimeDefault' || profile.type === 'Localhost';

const annotationText = ([key, value]: [string, string]): string => `${key}=${JSON.stringify(value)}`;

function appArmor(pod: CheckedPod): Violation | undefined {
  const ofPod = pod.spec.securityContext?.appArmorProfile;
  const isPod = ofPod !== undefined && !isSafe(ofPod);
  const bad = allContainers(pod.spec).filter(
    ({ securityContext }) => securityContext?.appArmorProfile && !isSafe(securityContext.appArmorProfile),
  );
  const annotations = Object.entries(pod.metadata.annotations ?? {})
    .filter(([key]) => key.startsWith(APP_ARMOR_PREFIX))
    .filter(([, value]) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(annotationText)
    .sort();
  const setters = settersText(
    isPod,
    bad.map(({ name }) => name),
  );
  const who = [...(setters ? [setters] : []), ...(annotations.length > 0 ? [plural('annotation', annotations.length)] : [])];
  if (who.length === 0) return undefined;
  const types = sorted([...(isPod ? [ofPod.type] : []), ...bad.map((one) => one.securityContext!.appArmorProfile!.type)]);
  const values = [...types, ...annotations];
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

export const appArmorProfile: Check = { id: 'appArmorProfile', versions: [{ since: 0, check: appArmor }] };

/** Before seccomp had fields. */
function seccompAnnotations({ metadata, spec }: CheckedPod): Violation | undefined {
  const isAllowed = (value: string) =>
    value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
  const keys = new Set([SECCOMP_POD, ...allContainers(spec).map(({ name }) => SECCOMP_PREFIX + name)]);
  const forbidden = sorted(
    Object.entries(metadata.annotations ?? {})
      .filter(([key, value]) => keys.has(key) && !isAllowed(value))
      .map(annotationText),
  );
  return forbidden.length > 0
    ? { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', forbidden.length)} ${forbidden.join(', ')}` }
    : undefined;
}

function unsafeSeccomp(pod: CheckedPod): Violation | undefined {
  const ofPod = pod.spec.securityContext?.seccompProfile;
  const isPod = ofPod !== undefined && !isSafe(ofPod);
  const profileOf = ({ securityContext }: { securityContext?: { seccompProfile?: SeccompProfile } }) =>
    securityContext?.seccompProfile;
  const bad = allContainers(pod.spec).filter((container) => profileOf(container) && !isSafe(profileOf(container)!));
  if (!isPod && bad.length === 0) return undefined;
  const values = sorted([...(isPod ? [ofPod.type] : []), ...bad.map((container) => profileOf(container)!.type)]);
  const who = settersText(
    isPod,
    bad.map(({ name }) => name),
  );
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}` };
}

export const seccompProfileBaseline: Check = {
  id: 'seccompProfile_baseline',
  versions: [
    { since: 0, check: seccompAnnotations },
    { since: 19, check: unsafeSeccomp },
  ],
};

function missingSeccomp(pod: CheckedPod): Violation | undefined {
  const unsafe = unsafeSeccomp(pod);
  if (unsafe || pod.spec.securityContext?.seccompProfile) return unsafe;
  const silent = containersWith(pod, ({ securityContext }) => !securityContext?.seccompProfile);
  return silent.length > 0
    ? {
        reason: 'seccompProfile',
        detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      }
    : undefined;
}

export const seccompProfileRestricted: Check = {
  id: 'seccompProfile_restricted',
  overrides: ['seccompProfile_baseline'],
  versions: [
    { since: 19, check: missingSeccomp },
    { since: 25, check: (pod) => (isWindows(pod) ? undefined : missingSeccomp(pod)) },
  ],
};
