import type { OwnerReference } from '@windlass/meta';
import type { PersistentVolumeClaim, Pod } from '@windlass/resources';
import { newControllerRef, type Owner } from '../shared/claim.ts';
import { type OwnedSet, replicasOf, startOrdinal } from './identity.ts';

/**
 * Owner references of a claim under the set's retention policy: the set's where it goes with the set, the pod's where the pod is about to
 * be scaled away. Others' stay. (stateful_set_utils.go updateClaimOwnerRefForSetAndPod)
 */
export function claimOwners(set: OwnedSet, claim: PersistentVolumeClaim, pod: Pod & Owner, ordinal: number): OwnerReference[] {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const condemned = ordinal < startOrdinal(set) || ordinal >= startOrdinal(set) + replicasOf(set);
  const byPod = whenScaled === 'Delete' && condemned;
  const bySet = whenDeleted === 'Delete' && !byPod;
  const current = claim.metadata.ownerReferences ?? [];
  const isPod = (reference: OwnerReference) => reference.kind === 'Pod' && reference.name === pod.metadata.name;
  const others = current.filter((reference) => reference.uid !== set.metadata.uid && !isPod(reference));
  return [...others, ...(bySet ? [newControllerRef(set)] : []), ...(byPod ? [newControllerRef(pod)] : [])];
}

/** A claim that goes with a former pod of the same name: the new pod must wait until it is gone. */
export const isStale = (claim: PersistentVolumeClaim, podName: string): boolean =>
  !!claim.metadata.deletionTimestamp ||
  (claim.metadata.ownerReferences ?? []).some((reference) => reference.kind === 'Pod' && reference.name === podName);
