import type { PersistentVolumeSpec, Volume } from '../types.gen.ts';

type Shared = Pick<PersistentVolumeSpec, 'hostPath' | 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'> &
  Pick<Volume, 'hostPath' | 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>;

/** Defaults of the sources that volumes of pods and persistent volumes have in common. */
export function defaultSharedSources({ hostPath, iscsi, rbd, azureDisk, scaleIO }: Shared): void {
  if (hostPath) hostPath.type ??= '';
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
  }
}
