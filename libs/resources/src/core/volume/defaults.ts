import { defaultSharedSources } from '../../podspec/shared-volume-sources.ts';
import type { PersistentVolume } from '../../types.gen.ts';

/** SetDefaults_PersistentVolume and those of its source. */
export function defaultVolume(volume: PersistentVolume): void {
  const { spec } = volume;
  volume.status ??= {};
  volume.status.phase ||= 'Pending';
  spec.persistentVolumeReclaimPolicy ||= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  defaultSharedSources(spec);
}
