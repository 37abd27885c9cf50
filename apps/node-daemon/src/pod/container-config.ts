import path from 'node:path';
import type { ContainerConfig, CriImage, CriMount, SecurityProfile } from '@windlass/host';
import type { Container, Pod } from '@windlass/resources';
import { ContainerConfigError } from './env.ts';
import { expand } from './expansion.ts';
import { ANNOTATION, formatPod, LABEL } from './names.ts';
import { containerResources } from './resources.ts';
import { namespaceOptions, supplementalGroups } from './sandbox-config.ts';

export interface SecurityFacts {
  /** Containers without a seccomp profile get the runtime's. */
  seccompDefault: boolean;
  /** Directory of seccomp profiles of type Localhost. */
  seccompRoot: string;
  hasAppArmor: boolean;
}

export interface ContainerFacts {
  attempt: number;
  /** The image as the runtime knows it. */
  image: CriImage;
  env: Record<string, string>;
  mounts: CriMount[];
  devices: ContainerConfig['devices'];
  terminationMessageFile: string;
  memoryCapacity: number;
  security: SecurityFacts;
  /** Container id that an ephemeral container looks at. */
  targetId?: string;
}

/** What the kernel tells that a container must not see (the kubelet's defaults for procMount Default). */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

const integer = (value: number | undefined) => (value === undefined ? undefined : { value });

function seccomp(pod: Pod, container: Container, { seccompDefault, seccompRoot }: SecurityFacts): SecurityProfile {
  const profile = container.securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile;
  if (container.securityContext?.privileged) return { profileType: 'Unconfined' };
  if (!profile) return { profileType: seccompDefault ? 'RuntimeDefault' : 'Unconfined' };
  if (profile.type === 'Localhost')
    return { profileType: 'Localhost', localhostRef: path.join(seccompRoot, profile.localhostProfile!) };
  return { profileType: profile.type as 'RuntimeDefault' | 'Unconfined' };
}

function appArmor(pod: Pod, container: Container): SecurityProfile | undefined {
  const profile = container.securityContext?.appArmorProfile ?? pod.spec.securityContext?.appArmorProfile;
  return profile && { profileType: profile.type as SecurityProfile['profileType'], localhostRef: profile.localhostProfile };
}

/** runAsNonRoot against what the container would run as. @throws ContainerConfigError */
export function verifyNonRoot(pod: Pod, container: Container, image: CriImage): void {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  if (!(own?.runAsNonRoot ?? shared?.runAsNonRoot)) return;
  const where = `(pod: ${JSON.stringify(formatPod(pod))}, container: ${container.name})`;
  const user = own?.runAsUser ?? shared?.runAsUser;
  if (user === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
  if (user !== undefined) return;
  if (image.uid?.value === 0 || (!image.uid && !image.username))
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
  if (!image.uid && image.username)
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${where}`,
    );
}

/** @throws ContainerConfigError */
export function containerConfig(pod: Pod, container: Container, facts: ContainerFacts): ContainerConfig {
  verifyNonRoot(pod, container, facts.image);
  const { env, attempt } = facts;
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  const lookup = (name: string) => env[name];
  const runAsUser = own?.runAsUser ?? shared?.runAsUser;
  const runAsGroup = own?.runAsGroup ?? shared?.runAsGroup;
  const isUnmasked = own?.privileged || own?.procMount === 'Unmasked';
  const namespaces = namespaceOptions(pod);
  return {
    metadata: { name: container.name, attempt },
    image: { image: facts.image.id },
    command: container.command?.map((word) => expand(word, lookup)),
    args: container.args?.map((word) => expand(word, lookup)),
    workingDir: container.workingDir,
    envs: Object.entries(env).map(([key, value]) => ({ key, value: Buffer.from(value) })),
    mounts: facts.mounts,
    devices: facts.devices,
    labels: {
      [LABEL.containerName]: container.name,
      [LABEL.podName]: pod.metadata.name!,
      [LABEL.podNamespace]: pod.metadata.namespace!,
      [LABEL.podUid]: pod.metadata.uid!,
    },
    annotations: {
      [ANNOTATION.restartCount]: String(attempt),
      [ANNOTATION.terminationMessagePath]: container.terminationMessagePath ?? '/dev/termination-log',
      [ANNOTATION.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
      [ANNOTATION.terminationMessageFile]: facts.terminationMessageFile,
      [ANNOTATION.podTerminationGracePeriod]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    logPath: `${container.name}/${attempt}.log`,
    stdin: container.stdin,
    stdinOnce: container.stdinOnce,
    tty: container.tty,
    linux: {
      resources: containerResources(pod, container, facts.memoryCapacity),
      securityContext: {
        capabilities: {
          addCapabilities: own?.capabilities?.add ?? [],
          dropCapabilities: own?.capabilities?.drop ?? [],
        },
        privileged: own?.privileged,
        namespaceOptions: facts.targetId ? { ...namespaces, pid: 'TARGET', targetId: facts.targetId } : namespaces,
        runAsUser: integer(runAsUser),
        runAsGroup: runAsUser === undefined && facts.image.uid === null ? undefined : integer(runAsGroup),
        readonlyRootfs: own?.readOnlyRootFilesystem,
        supplementalGroups: supplementalGroups(pod),
        noNewPrivs: own?.allowPrivilegeEscalation === false,
        maskedPaths: isUnmasked ? [] : MASKED_PATHS,
        readonlyPaths: isUnmasked ? [] : READONLY_PATHS,
        seccomp: seccomp(pod, container, facts.security),
        apparmor: facts.security.hasAppArmor ? appArmor(pod, container) : undefined,
        selinuxOptions: own?.seLinuxOptions ?? shared?.seLinuxOptions,
      },
    },
  };
}
