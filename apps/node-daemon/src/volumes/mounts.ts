import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerConfig, CriMount } from '@windlass/host';
import type { Container, Pod, VolumeMount } from '@windlass/resources';
import { ContainerConfigError } from '../pod/env.ts';
import { expand } from '../pod/expansion.ts';
import type { NodePaths } from '../pod/names.ts';
import type { MountedVolumes } from './pod-volumes.ts';
import { bindSubPath } from './sub-path.ts';

const PROPAGATION = {
  None: 'PROPAGATION_PRIVATE',
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const;

/** The mount's path below its volume; '' for the whole volume. @throws ContainerConfigError with the kubelet's texts */
export function subPathOf({ subPath, subPathExpr }: VolumeMount, env: Record<string, string>): string {
  const below = subPathExpr
    ? expand(subPathExpr, (name) => {
        if (!Object.hasOwn(env, name)) throw new ContainerConfigError(`missing value for ${JSON.stringify(name)}`);
        return env[name];
      })
    : (subPath ?? '');
  if (path.isAbsolute(below)) throw new ContainerConfigError(`error SubPath \`${below}\` must not be an absolute path`);
  if (below.split('/').includes('..'))
    throw new ContainerConfigError(`unable to provision SubPath \`${below}\`: must not contain '..'`);
  return below;
}

function isReadOnlyVolume({ spec }: Pod, name: string): boolean {
  const volume = spec.volumes?.find((each) => each.name === name);
  return volume?.image !== undefined || (volume?.persistentVolumeClaim?.readOnly ?? false);
}

/** KEP-3857. containerd has no recursive read-only mounts before 2.0. @throws ContainerConfigError */
function recursiveReadOnly({
  name,
  readOnly,
  recursiveReadOnly: mode = 'Disabled',
  mountPropagation = 'None',
}: VolumeMount): false {
  if (mode === 'Disabled') return false;
  const refuse = (why: string) =>
    new ContainerConfigError(
      `failed to resolve recursive read-only mode: volume ${JSON.stringify(name)} requested recursive read-only mode, but it is not ${why}`,
    );
  if (!readOnly) throw refuse('read-only');
  if (mountPropagation !== 'None') throw refuse(`compatible with propagation ${JSON.stringify(mountPropagation)}`);
  if (mode === 'Enabled') throw refuse('supported by the runtime');
  return false;
}

async function volumeMount(
  pod: Pod,
  mount: VolumeMount,
  volumes: MountedVolumes,
  env: Record<string, string>,
  boundAt: string,
): Promise<CriMount> {
  const volume = volumes.get(mount.name);
  if (!volume) throw new ContainerConfigError(`cannot find volume ${JSON.stringify(mount.name)} to mount into container`);
  const subPath = subPathOf(mount, env);
  if (subPath)
    await bindSubPath(volume, subPath, boundAt).catch((error: Error) => {
      throw new ContainerConfigError(
        `failed to prepare subPath for volumeMount ${JSON.stringify(mount.name)} of container: ${error.message}`,
      );
    });
  return {
    recursiveReadOnly: recursiveReadOnly(mount),
    hostPath: subPath ? boundAt : volume,
    containerPath: path.isAbsolute(mount.mountPath) ? mount.mountPath : path.join('/', mount.mountPath),
    readonly: mount.readOnly || isReadOnlyVolume(pod, mount.name),
    propagation: PROPAGATION[mount.mountPropagation ?? 'None'],
  };
}

/** Devices of one container: its volumes of volumeMode Block. @throws ContainerConfigError */
export const containerDevices = (
  pod: Pod,
  container: Container,
  volumes: MountedVolumes,
): NonNullable<ContainerConfig['devices']> =>
  (container.volumeDevices ?? []).map(({ name, devicePath }) => {
    const hostPath = volumes.get(name);
    if (!hostPath) throw new ContainerConfigError(`cannot find volume ${JSON.stringify(name)} to pass into container`);
    return { containerPath: devicePath, hostPath, permissions: isReadOnlyVolume(pod, name) ? 'mr' : 'mrw' };
  });

/** Mounts of one container: its volumes, the pod's /etc/hosts, and the file for its last words (made afresh). @throws ContainerConfigError */
export async function containerMounts(
  pod: Pod,
  container: Container,
  attempt: number,
  volumes: MountedVolumes,
  env: Record<string, string>,
  paths: NodePaths,
): Promise<{ mounts: CriMount[]; terminationMessageFile: string }> {
  const uid = pod.metadata.uid!;
  const mounts = await Promise.all(
    (container.volumeMounts ?? []).map((mount, index) =>
      volumeMount(pod, mount, volumes, env, paths.subPath(uid, mount.name, container.name, index)),
    ),
  );
  if (!pod.spec.hostNetwork && !mounts.some(({ containerPath }) => containerPath === '/etc/hosts'))
    mounts.push({ hostPath: paths.hosts(uid), containerPath: '/etc/hosts' });
  const file = paths.terminationMessage(uid, container.name, attempt);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
  await chmod(file, 0o666);
  mounts.push({ hostPath: file, containerPath: container.terminationMessagePath ?? '/dev/termination-log' });
  return { mounts, terminationMessageFile: file };
}
