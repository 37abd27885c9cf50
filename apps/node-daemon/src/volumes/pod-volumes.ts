import { chmod, mkdir } from 'node:fs/promises';
import { mountPointsBelow, mountTmpfs } from '@windlass/host';
import { quantityValue } from '@windlass/meta';
import type { PersistentVolume, Pod, Volume } from '@windlass/resources';
import type { NodePaths } from '../pod/names.ts';
import { writeAtomically } from './atomic-writer.ts';
import { ClaimError } from './claims.ts';
import { giveToGroup } from './fs-group.ts';
import { prepareHostPath } from './host-path.ts';
import { imageVolumePath } from './image-volumes.ts';
import { type PayloadSources, tokenOwner, VolumeError, volumePayload } from './payload.ts';
import { checkAffinity, mountPersistent, type PersistentSources } from './persistent.ts';
import { allOrFirstError } from './settle.ts';

/** Host path of each volume by its name. */
export type MountedVolumes = ReadonlyMap<string, string>;

/** Volumes whose content follows API objects. */
export const isDynamic = (volume: Volume): boolean =>
  Boolean(volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI);

export class MountError extends Error {
  override name = 'MountError';
  readonly volume: string;
  /** @param step what was tried; the kubelet names it so */
  constructor(volume: string, cause: unknown, step = 'MountVolume.SetUp') {
    const why = cause instanceof Error ? cause.message : cause;
    super(cause instanceof ClaimError ? cause.message : `${step} failed for volume ${JSON.stringify(volume)} : ${why}`, {
      cause,
    });
    this.volume = volume;
  }
}

export interface VolumeSources extends PayloadSources {
  persistent: PersistentSources;
  /** The persistent volume behind a pod's volume. @throws ClaimError */
  persistentVolume(volume: Volume): Promise<PersistentVolume>;
}

export const isPersistent = (volume: Volume): boolean => Boolean(volume.persistentVolumeClaim ?? volume.ephemeral);

/**
 * Makes (or brings up to date) all volumes of a pod. Idempotent. @throws MountError for the first that cannot be made
 * @param before what was made the last time: persistent volumes stay as they are
 */
export async function mountVolumes(
  pod: Pod,
  paths: NodePaths,
  sources: VolumeSources,
  before?: MountedVolumes,
): Promise<MountedVolumes> {
  const mounted = await allOrFirstError(
    (pod.spec.volumes ?? []).map(async (volume): Promise<[string, string]> => {
      try {
        const kept = isPersistent(volume) ? before?.get(volume.name) : undefined;
        return [volume.name, kept ?? (await mountVolume(volume, pod, paths, sources))];
      } catch (error) {
        throw error instanceof MountError ? error : new MountError(volume.name, error);
      }
    }),
  );
  return new Map(mounted);
}

async function mountClaimed(volume: Volume, pod: Pod, sources: VolumeSources): Promise<string> {
  const found = await sources.persistentVolume(volume);
  const { name } = found.metadata;
  try {
    checkAffinity(found, sources.persistent);
  } catch (error) {
    throw new MountError(name!, error, 'MountVolume.NodeAffinity check');
  }
  try {
    return await mountPersistent(found, pod, volume.persistentVolumeClaim?.readOnly ?? false, sources.persistent);
  } catch (error) {
    throw new MountError(name!, error);
  }
}

const PLUGINS = { configMap: 'configmap', secret: 'secret', projected: 'projected', downwardAPI: 'downward-api' } as const;

/** Where a volume of the daemon's own lies; undefined for others. */
export function keptVolumePath(paths: NodePaths, uid: string, volume: Volume): string | undefined {
  if (volume.emptyDir) return paths.volume(uid, 'empty-dir', volume.name);
  const kind = (Object.keys(PLUGINS) as (keyof typeof PLUGINS)[]).find((each) => volume[each]);
  return kind && paths.volume(uid, PLUGINS[kind], volume.name);
}

async function mountVolume(volume: Volume, pod: Pod, paths: NodePaths, sources: VolumeSources): Promise<string> {
  const uid = pod.metadata.uid!;
  if (isPersistent(volume)) return mountClaimed(volume, pod, sources);
  if (volume.image) return imageVolumePath(paths, uid, volume.name);
  if (volume.hostPath) {
    await prepareHostPath(volume.hostPath);
    return volume.hostPath.path;
  }
  if (volume.emptyDir) {
    const directory = paths.volume(uid, 'empty-dir', volume.name);
    await mkdir(directory, { recursive: true });
    const { medium, sizeLimit } = volume.emptyDir;
    if (medium === 'Memory') await ensureTmpfs(directory, sizeLimit ? quantityValue(sizeLimit) : undefined);
    await chmod(directory, 0o777);
    await giveToGroup(directory, pod, true);
    return directory;
  }
  const kind = (Object.keys(PLUGINS) as (keyof typeof PLUGINS)[]).find((each) => volume[each]);
  if (!kind) throw new VolumeError(`no volume plugin matched: ${Object.keys(volume).filter((key) => key !== 'name')}`);
  const payload = await volumePayload(volume, pod, sources);
  const directory = paths.volume(uid, PLUGINS[kind], volume.name);
  await mkdir(directory, { recursive: true });
  // What is secret must not reach a disk.
  if (kind === 'secret' || (kind === 'projected' && isSecret(volume))) await ensureTmpfs(directory);
  const fsGroup = pod.spec.securityContext?.fsGroup;
  const hasToken = volume.projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken);
  const owned =
    fsGroup === undefined
      ? payload
      : new Map([...payload].map(([k, v]) => [k, { ...v, mode: v.mode | ((v.mode & 0o700) >> 3) }]));
  await writeAtomically(directory, owned, { gid: fsGroup, uid: hasToken && fsGroup === undefined ? tokenOwner(pod) : undefined });
  await giveToGroup(directory, pod, false);
  return directory;
}

const isSecret = (volume: Volume): boolean =>
  volume.projected?.sources?.some(({ secret, serviceAccountToken }) => secret ?? serviceAccountToken) ?? false;

async function ensureTmpfs(directory: string, sizeBytes?: number): Promise<void> {
  const points = await mountPointsBelow(directory);
  if (!points.includes(directory)) await mountTmpfs(directory, sizeBytes);
}
