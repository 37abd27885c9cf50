import { type FieldError, fieldError, type Path, validatePortName } from '@windlass/meta';
import { requiredOneOf } from '../fields/enums.ts';
import { required, requiredDnsLabel } from '../fields/names.ts';
import { PROTOCOLS, portNumber } from '../fields/ports.ts';
import type { Container, ContainerPort, ContainerResizePolicy, EphemeralContainer, PodSpec } from '../types.gen.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { forbidProbes, validateProbes } from './probes.ts';
import { validateContainerResources } from './resources.ts';
import { validateRestartRules } from './restart-rules.ts';
import { validateSecurityContext } from './security-context.ts';
import { validateVolumeDevices, validateVolumeMounts } from './volume-mounts.ts';
import type { VolumesByName } from './volumes.ts';

type AnyContainer = Container | EphemeralContainer;

/** What of the pod its containers' rules look at. */
export interface ContainerContext {
  spec: PodSpec;
  volumes: VolumesByName;
  /** Names in spec.resourceClaims. */
  claims: ReadonlySet<string>;
  /** The pod shares the host's user namespace. */
  hostUsers: boolean;
  /** Termination grace period in seconds. */
  grace: number;
}

function validatePorts(ports: readonly ContainerPort[], at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const here = at.index(i);
    if (name) {
      const texts = validatePortName(name);
      for (const text of texts) errors.push(fieldError.invalid(here.child('name'), name, text));
      if (texts.length === 0 && names.has(name)) errors.push(fieldError.duplicate(here.child('name'), name));
      if (texts.length === 0) names.add(name);
    }
    if (!containerPort) errors.push(fieldError.required(here.child('containerPort')));
    else errors.push(...portNumber(containerPort, here.child('containerPort')));
    if (hostPort) errors.push(...portNumber(hostPort, here.child('hostPort')));
    errors.push(...requiredOneOf(protocol, PROTOCOLS, here.child('protocol')));
  });
  return errors;
}

function validateResizePolicy(policies: readonly ContainerResizePolicy[], podRestartPolicy: string, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  policies.forEach(({ resourceName, restartPolicy }, i) => {
    if (seen.has(resourceName)) errors.push(fieldError.duplicate(at.index(i), resourceName));
    seen.add(resourceName);
    errors.push(...requiredOneOf(resourceName, ['cpu', 'memory'], at));
    errors.push(...requiredOneOf(restartPolicy, ['NotRequired', 'RestartContainer'], at));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(fieldError.invalid(at, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  });
  return errors;
}

/** validateContainerCommon */
export function validateContainer(container: AnyContainer, context: ContainerContext, at: Path): FieldError[] {
  const { ports, resizePolicy } = container;
  return [
    ...requiredDnsLabel(container.name, at.child('name')),
    ...required(container.image, at.child('image')),
    ...requiredOneOf(container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], at.child('terminationMessagePolicy')),
    ...(ports ? validatePorts(ports, at.child('ports')) : []),
    ...validateEnv(container.env, at.child('env')),
    ...validateEnvFrom(container.envFrom, at.child('envFrom')),
    ...validateVolumeMounts(container, context.volumes, at.child('volumeMounts')),
    ...validateVolumeDevices(container, context.volumes, at.child('volumeDevices')),
    ...requiredOneOf(container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], at.child('imagePullPolicy')),
    ...validateContainerResources(container.resources ?? {}, context.claims, at.child('resources')),
    ...(resizePolicy ? validateResizePolicy(resizePolicy, context.spec.restartPolicy ?? '', at.child('resizePolicy')) : []),
    ...validateSecurityContext(container.securityContext, at.child('securityContext'), context.hostUsers),
    ...validateRestartRules(container, at),
  ];
}

function hostPortConflicts(containers: readonly Container[], at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  containers.forEach(({ ports }, i) => {
    ports?.forEach(({ protocol, hostIP = '', hostPort }, j) => {
      if (!hostPort) return;
      const id = `${protocol}/${hostIP}/${hostPort}`;
      if (seen.has(id)) errors.push(fieldError.duplicate(at.index(i).child('ports').index(j).child('hostPort'), id));
      seen.add(id);
    });
  });
  return errors;
}

/** validateContainers */
export function validateContainers(context: ContainerContext, at: Path): FieldError[] {
  const containers = context.spec.containers ?? [];
  if (containers.length === 0) return [fieldError.required(at)];
  const names = new Set<string>();
  const errors: FieldError[] = [];
  containers.forEach((container, i) => {
    const here = at.index(i);
    errors.push(...validateContainer(container, context, here));
    if (names.has(container.name)) errors.push(fieldError.duplicate(here.child('name'), container.name));
    names.add(container.name);
    errors.push(...validateProbes(container, here, context.grace));
  });
  errors.push(...hostPortConflicts(containers, at));
  return errors;
}

const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';

/** validateInitContainers. Sidecars (restartPolicy Always) stay up and may be probed. */
export function validateInitContainers(context: ContainerContext, at: Path): FieldError[] {
  const { initContainers = [], containers = [] } = context.spec;
  const names = new Set(containers.map(({ name }) => name));
  const errors: FieldError[] = [];
  initContainers.forEach((container, i) => {
    const here = at.index(i);
    errors.push(...validateContainer(container, context, here));
    if (names.has(container.name)) errors.push(fieldError.duplicate(here.child('name'), container.name));
    else if (container.name) names.add(container.name);
    // Init containers run one after another: each has the host's ports to itself.
    errors.push(...hostPortConflicts([container], at));
    if (container.restartPolicy === 'Always') errors.push(...validateProbes(container, here, context.grace));
    else errors.push(...forbidProbes(container, here, NOT_FOR_INIT));
  });
  return errors;
}
