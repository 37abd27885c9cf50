import { type FieldError, fieldError, type Path, path, validateDns1123Subdomain } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { isDualStack, validIp } from '../fields/ips.ts';
import { qualifiedName, textErrors } from '../fields/names.ts';
import type { ContainerStatus, Pod, PodStatus } from '../types.gen.ts';
import { annotationChanges } from './annotation-updates.ts';

const AT = path('status');
const SYSTEM_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized']);

/** The path is what Kubernetes gives, although the conditions stand in the status. */
const validateConditions = ({ conditions = [] }: PodStatus): FieldError[] =>
  conditions.flatMap(({ type }, i) =>
    SYSTEM_CONDITIONS.has(type) ? [] : qualifiedName(type, path('metadata', 'conditions').index(i).child('Type')),
  );

type Statuses = readonly ContainerStatus[] | undefined;

/** What has ended for good may not run again. `mayRestart`: containers that are restarted whatever the pod's policy says. */
function backFromTermination(
  next: Statuses,
  old: Statuses,
  policy: string,
  at: Path,
  mayRestart = new Set<string>(),
): FieldError[] {
  if (policy === 'Always') return [];
  return (old ?? []).flatMap(({ name, state }, i) => {
    if (!state?.terminated || mayRestart.has(name)) return [];
    if (state.terminated.exitCode !== 0 && policy === 'OnFailure') return [];
    return (next ?? []).some((status) => status.name === name && !status.state?.terminated)
      ? [fieldError.forbidden(at.index(i).child('state'), 'may not be transitioned to non-terminated state')]
      : [];
  });
}

function restartable(pod: Pod): Set<string> {
  const { containers, initContainers = [] } = pod.spec;
  const own = [...containers, ...initContainers];
  return new Set(
    own.flatMap(({ name, restartPolicy }) => (restartPolicy === 'Always' || restartPolicy === 'OnFailure' ? [name] : [])),
  );
}

interface Address {
  ip?: string;
}

function validateAddresses(addresses: readonly Address[], at: Path): FieldError[] {
  const values = addresses.map(({ ip = '' }) => ip);
  const errors = values.flatMap((ip, i) => validIp(ip, at.index(i)));
  if (values.length < 2) return errors;
  if (!isDualStack(values) || values.length > 2) {
    const shown = values.map((IP) => ({ IP }));
    errors.push(fieldError.invalid(at, shown, 'may specify no more than one IP for each IP family'));
  }
  values.forEach((IP, i) => {
    if (values.indexOf(IP) < i) errors.push(fieldError.duplicate(at.index(i), { IP }));
  });
  return errors;
}

function validateHostIps({ hostIP = '', hostIPs = [] }: PodStatus): FieldError[] {
  const at = AT.child('hostIPs');
  const first = hostIPs[0]?.ip ?? '';
  if (hostIPs.length === 0) return [];
  const errors = hostIP === first ? [] : [fieldError.invalid(at.index(0).child('ip'), first, 'must be equal to `hostIP`')];
  return [...errors, ...validateAddresses(hostIPs, at)];
}

function validateClaimStatuses(pod: Pod): FieldError[] {
  const at = AT.child('resourceClaimStatuses');
  const seen = new Set<string>();
  return (pod.status?.resourceClaimStatuses ?? []).flatMap(({ name, resourceClaimName }, i) => {
    const here = at.index(i).child('name');
    const errors: FieldError[] = [];
    if (!pod.spec.resourceClaims?.some((claim) => claim.name === name))
      errors.push(fieldError.invalid(here, name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (seen.has(name)) errors.push(fieldError.duplicate(here, name));
    seen.add(name);
    if (resourceClaimName !== undefined) errors.push(...textErrors(validateDns1123Subdomain, resourceClaimName, here));
    return errors;
  });
}

/** podStatusStrategy.PrepareForUpdate: what a writer of a status may leave out, and may not touch. */
export function keepFixedStatus(pod: Pod, old: Pod): void {
  pod.status ??= {};
  pod.status.qosClass ||= old.status?.qosClass;
  if (old.metadata.ownerReferences) pod.metadata.ownerReferences = old.metadata.ownerReferences;
  else delete pod.metadata.ownerReferences;
}

const OWN_RULES = ['containerStatuses', 'initContainerStatuses'] as const;

/** ValidatePodStatusUpdate */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const status = pod.status ?? {};
  const before = old.status ?? {};
  const policy = old.spec.restartPolicy ?? '';
  const nominated = status.nominatedNodeName ?? '';
  const restarting = restartable(old);
  return [
    ...annotationChanges(pod, old),
    ...validateConditions(status),
    ...(nominated !== (before.nominatedNodeName ?? '') && nominated
      ? textErrors(validateDns1123Subdomain, nominated, AT.child('nominatedNodeName'))
      : []),
    ...immutable(status.qosClass, before.qosClass, AT.child('qosClass'), status.qosClass ?? ''),
    ...OWN_RULES.flatMap((field) => backFromTermination(status[field], before[field], policy, AT.child(field), restarting)),
    // Ephemeral containers are never restarted.
    ...backFromTermination(
      status.ephemeralContainerStatuses,
      before.ephemeralContainerStatuses,
      'Never',
      AT.child('ephemeralContainerStatuses'),
    ),
    ...validateClaimStatuses(pod),
    ...validateAddresses(status.podIPs ?? [], AT.child('podIPs')),
    ...validateHostIps(status),
  ];
}
