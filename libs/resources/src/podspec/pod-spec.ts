import { type FieldError, fieldError, type Path, validateDns1123Subdomain, validateLabels } from '@windlass/meta';
import { oneOf, requiredOneOf } from '../fields/enums.ts';
import { dnsLabel, dnsSubdomain, qualifiedName, textErrors } from '../fields/names.ts';
import { inRange } from '../fields/numbers.ts';
import { validateTolerations } from '../fields/taints.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { PodResourceClaim, PodSpec } from '../types.gen.ts';
import { validateAffinity } from './affinity.ts';
import { type ContainerContext, validateContainers, validateInitContainers } from './containers.ts';
import { validateDnsConfig, validateHostAliases } from './dns.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import type { PodOptions } from './options.ts';
import { validateOs } from './os.ts';
import { validateContainerResources, validatePodResources } from './resources.ts';
import { validatePodSecurityContext } from './security-context.ts';
import { validateTopologySpread } from './topology-spread.ts';
import { validateVolumes } from './volumes.ts';
import { validateHostProcess } from './windows-options.ts';

const MAX_INT32 = 2 ** 31 - 1;

function validateResourceClaims(claims: readonly PodResourceClaim[], at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  claims.forEach((claim, i) => {
    const here = at.index(i);
    const { name, resourceClaimName: direct, resourceClaimTemplateName: template } = claim;
    if (!name) errors.push(fieldError.required(here.child('name')));
    else if (names.has(name)) errors.push(fieldError.duplicate(here.child('name'), name));
    else errors.push(...dnsLabel(name, here.child('name')));
    names.add(name);
    const refuse = (detail: string) => errors.push(fieldError.invalid(here, goStruct('PodResourceClaim', claim), detail));
    if (direct !== undefined && template !== undefined)
      refuse('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    if (direct === undefined && template === undefined)
      refuse('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    if (direct !== undefined) errors.push(...textErrors(validateDns1123Subdomain, direct, here.child('resourceClaimName')));
    if (template !== undefined)
      errors.push(...textErrors(validateDns1123Subdomain, template, here.child('resourceClaimTemplateName')));
  });
  return errors;
}

/** In a pod every port has the host's number; a template may leave that to defaulting. */
function validateHostPorts(spec: PodSpec, isPod: boolean, at: Path): FieldError[] {
  if (!spec.hostNetwork) return [];
  const errors: FieldError[] = [];
  spec.containers?.forEach(({ ports }, i) => {
    ports?.forEach(({ hostPort = 0, containerPort }, j) => {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) return;
      const here = at.child('containers').index(i).child('ports').index(j).child('hostPort');
      errors.push(fieldError.invalid(here, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    });
  });
  return errors;
}

function validateGates(gates: NonNullable<PodSpec['schedulingGates']>, at: Path): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name }, i) => {
    const errors = qualifiedName(name, at.index(i));
    if (seen.has(name)) errors.push(fieldError.duplicate(at.index(i), name));
    seen.add(name);
    return errors;
  });
}

const NOT_WITH_USERS = 'when `hostUsers` is false';

/** A user namespace of its own does not go with the host's other namespaces (validateHostUsers). */
const validateHostUsers = ({ hostUsers, hostNetwork, hostPID, hostIPC }: PodSpec, at: Path): FieldError[] =>
  hostUsers !== false
    ? []
    : [
        ...(hostNetwork ? [fieldError.forbidden(at.child('hostNetwork'), NOT_WITH_USERS)] : []),
        ...(hostPID ? [fieldError.forbidden(at.child('hostPID'), NOT_WITH_USERS)] : []),
        ...(hostIPC ? [fieldError.forbidden(at.child('hostIPC'), NOT_WITH_USERS)] : []),
      ];

const MAX_HOSTNAME = 64;

function validateHostnames(
  { hostname, subdomain, hostnameOverride, setHostnameAsFQDN, hostNetwork }: PodSpec,
  at: Path,
): FieldError[] {
  const errors = [
    ...(hostname ? dnsLabel(hostname, at.child('hostname')) : []),
    ...(subdomain ? dnsLabel(subdomain, at.child('subdomain')) : []),
  ];
  if (hostnameOverride === undefined) return errors;
  const here = at.child('hostnameOverride');
  errors.push(...dnsSubdomain(hostnameOverride, here));
  if (hostnameOverride.length > MAX_HOSTNAME) errors.push(fieldError.tooLong(here, hostnameOverride, MAX_HOSTNAME));
  if (setHostnameAsFQDN) errors.push(fieldError.forbidden(here, 'may not be specified when setHostnameAsFQDN is true'));
  if (hostNetwork) errors.push(fieldError.forbidden(here, 'may not be specified when hostNetwork is true'));
  return errors;
}

const subdomainOf = (value: string | undefined, at: Path): FieldError[] =>
  value ? textErrors(validateDns1123Subdomain, value, at) : [];

/** ValidatePodSpec: a pod's spec and a template's. */
export function validatePodSpec(spec: PodSpec, at: Path, options: PodOptions = {}): FieldError[] {
  const { volumes, errors } = validateVolumes(spec.volumes, at.child('volumes'), options);
  const claims = spec.resourceClaims ?? [];
  const context: ContainerContext = {
    spec,
    volumes,
    claims: new Set(claims.flatMap(({ name }) => (name ? [name] : []))),
    hostUsers: spec.hostUsers ?? true,
    grace: spec.terminationGracePeriodSeconds ?? 0,
  };
  errors.push(
    ...validateResourceClaims(claims, at.child('resourceClaims')),
    ...validateContainers(context, at.child('containers')),
    ...validateInitContainers(context, at.child('initContainers')),
    ...validateEphemeralContainers(context, at.child('ephemeralContainers')),
    ...validatePodResources(spec, at.child('resources')),
    ...validateHostPorts(spec, options.isPod ?? false, at),
    ...requiredOneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], at.child('restartPolicy')),
    ...requiredOneOf(spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], at.child('dnsPolicy')),
    ...validateLabels(spec.nodeSelector, at.child('nodeSelector')),
    ...validatePodSecurityContext(spec, at.child('securityContext')),
    ...validateAffinity(spec.affinity, options, at.child('affinity')),
    ...validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, at.child('dnsConfig')),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, i) =>
      qualifiedName(conditionType, at.child('readinessGates').index(i).child('conditionType')),
    ),
    ...validateGates(spec.schedulingGates ?? [], at.child('schedulingGates')),
    ...validateTopologySpread(spec.topologySpreadConstraints, options, at.child('topologySpreadConstraints')),
    ...validateHostProcess(spec, at),
    ...validateHostUsers(spec, at),
    ...subdomainOf(spec.serviceAccountName, at.child('serviceAccountName')),
    ...subdomainOf(spec.nodeName, at.child('nodeName')),
    ...inRange(spec.activeDeadlineSeconds, 1, MAX_INT32, at.child('activeDeadlineSeconds')),
    ...validateHostnames(spec, at),
    ...validateTolerations(spec.tolerations, at.child('tolerations')),
    ...validateHostAliases(spec.hostAliases, at.child('hostAliases')),
    ...subdomainOf(spec.priorityClassName, at.child('priorityClassName')),
    ...(spec.runtimeClassName === undefined
      ? []
      : textErrors(validateDns1123Subdomain, spec.runtimeClassName, at.child('runtimeClassName'))),
    ...oneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], at.child('preemptionPolicy')),
    ...(spec.overhead ? validateContainerResources({ limits: spec.overhead }, new Set(), at.child('overhead')) : []),
    ...validateOs(spec, at),
  );
  return errors;
}
