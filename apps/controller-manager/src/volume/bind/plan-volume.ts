import { BOUND_BY_CONTROLLER, type PersistentVolume, type PersistentVolumeClaim, PROVISIONED_BY } from '@windlass/resources';
import type { Told } from './plan-claim.ts';

/** What one look at a volume leads to. */
export type VolumePlan =
  | { do: 'phase'; phase: 'Available' | 'Bound' | 'Released' }
  /** Its reclaim policy cannot be carried out. */
  | { do: 'fail'; event: Told }
  /** Its claim is not bound yet: that is the claim's affair. */
  | { do: 'lookAtClaim'; mismatch: boolean }
  /** Its claim is bound elsewhere: give it back. */
  | { do: 'unbind' }
  | { do: 'nothing' };

/**
 * pv_controller's syncVolume.
 * @param claim the claim that claimRef names, if it exists, whatever its uid
 */
export function planVolume(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumePlan {
  const { claimRef } = volume.spec;
  if (!claimRef?.uid) return { do: 'phase', phase: 'Available' };
  if (claim?.metadata.uid !== claimRef.uid) return planRelease(volume);
  if (!claim.spec.volumeName)
    return {
      do: 'lookAtClaim',
      mismatch: (claim.spec.volumeMode ?? 'Filesystem') !== (volume.spec.volumeMode ?? 'Filesystem'),
    };
  if (claim.spec.volumeName === volume.metadata.name) return { do: 'phase', phase: 'Bound' };
  // A volume that was made for this claim alone, too late: nobody will use it.
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined && volume.spec.persistentVolumeReclaimPolicy === 'Delete')
    return planRelease(volume);
  return { do: 'unbind' };
}

function planRelease(volume: PersistentVolume): VolumePlan {
  const { phase } = volume.status ?? {};
  if (phase !== 'Released' && phase !== 'Failed') return { do: 'phase', phase: 'Released' };
  if (phase === 'Failed') return { do: 'nothing' };
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Recycle':
      return fail('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    case 'Delete': {
      const provisioner = volume.metadata.annotations?.[PROVISIONED_BY];
      // Whoever made it, unmakes it.
      if (provisioner && !provisioner.startsWith('kubernetes.io/')) return { do: 'nothing' };
      const message = `error getting deleter volume plugin for volume ${JSON.stringify(volume.metadata.name)}: no deletable volume plugin matched`;
      return fail('VolumeFailedDelete', message);
    }
    default:
      return { do: 'nothing' };
  }
}

const fail = (reason: string, message: string): VolumePlan => ({ do: 'fail', event: { type: 'Warning', reason, message } });

/** claimRef and annotations of a volume that is given back: a reservation by the user stays one. */
export function unboundVolume({ metadata, spec }: PersistentVolume): { claimRef: object | null; byController: boolean } {
  const byController = metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
  return { claimRef: byController || !spec.claimRef ? null : { ...spec.claimRef, uid: null }, byController };
}
