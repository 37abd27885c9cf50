import { stat } from 'node:fs/promises';
import { LOCAL_DRIVER, type PersistentVolume, type Pod, reachableFrom } from '@windlass/resources';
import { giveToGroup } from './fs-group.ts';
import { prepareHostPath } from './host-path.ts';
import type { LocalVolumes } from './local-volumes.ts';
import { VolumeError } from './payload.ts';

export interface PersistentSources {
  local: LocalVolumes;
  node: { name: string; labels: Readonly<Record<string, string>> };
}

async function localPath(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new VolumeError(`path ${JSON.stringify(path)} does not exist`);
  if (found.isDirectory()) return path;
  throw new VolumeError(`path ${JSON.stringify(path)} is not a directory: file systems of devices are not mounted by this node`);
}

async function devicePath({ spec }: PersistentVolume): Promise<string> {
  const path = spec.local?.path ?? spec.hostPath?.path;
  if (path === undefined) throw new VolumeError('volumeMode Block is not supported for this type of volume by this node');
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new VolumeError(`path ${JSON.stringify(path)} does not exist`);
  if (!found.isBlockDevice()) throw new VolumeError(`path ${JSON.stringify(path)} is not a block device`);
  return path;
}

/** Brings a persistent volume to this node. @returns its host path: a directory, or the device of a volumeMode Block @throws VolumeError */
export async function mountPersistent(
  volume: PersistentVolume,
  pod: Pod,
  readOnly: boolean,
  { local }: PersistentSources,
): Promise<string> {
  const { spec } = volume;
  if (spec.volumeMode === 'Block') return devicePath(volume);
  if (spec.hostPath) {
    await prepareHostPath(spec.hostPath);
    return spec.hostPath.path;
  }
  let directory: string;
  if (spec.local) directory = await localPath(spec.local.path);
  else if (spec.csi?.driver === LOCAL_DRIVER) directory = await local.ensure(spec.csi.volumeHandle);
  else if (spec.csi) throw new VolumeError(`driver name ${spec.csi.driver} not found in the list of registered CSI drivers`);
  else throw new VolumeError('no volume plugin matched');
  if (!readOnly) await giveToGroup(directory, pod, true);
  return directory;
}

/** A pod that somebody bound past the scheduler may be on the wrong node. @throws VolumeError */
export function checkAffinity(volume: PersistentVolume, { node }: PersistentSources): void {
  if (!reachableFrom(volume, node)) throw new VolumeError('no matching NodeSelectorTerms');
}
