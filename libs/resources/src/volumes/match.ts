import { matchesSelector, Quantity } from '@windlass/meta';
import { storageClassOf } from '../core/volume/texts.ts';
import { matchesNodeTerm } from '../podspec/node-match.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../types.gen.ts';

interface NodeIdentity {
  name: string;
  labels: Readonly<Record<string, string>>;
}

const capacityOf = ({ spec }: PersistentVolume): Quantity => Quantity.parse(spec.capacity?.storage ?? 0);
const requestOf = ({ spec }: PersistentVolumeClaim): Quantity => Quantity.parse(spec.resources?.requests?.storage ?? 0);
const attributesOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec.volumeAttributesClassName ?? '';

const sameMode = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  (claim.spec.volumeMode ?? 'Filesystem') === (volume.spec.volumeMode ?? 'Filesystem');

const offersModes = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode));

/** The volume is reserved for the claim, or bound to it (IsVolumeBoundToClaim): its claimRef names it, with its uid or none. */
export function isReservedFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (!claimRef || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Whether a volume can be reached from a node (CheckNodeAffinity). */
export function reachableFrom({ spec }: PersistentVolume, node: NodeIdentity): boolean {
  const required = spec.nodeAffinity?.required;
  return !required || required.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
}

/** Why a volume that a claim names cannot be bound to it (checkVolumeSatisfyClaim); undefined: it can. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp) return 'the volume is marked for deletion';
  if (capacityOf(volume).compare(requestOf(claim)) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (!sameMode(claim, volume)) return 'incompatible volumeMode';
  if (!offersModes(claim, volume)) return 'incompatible accessMode';
  if (attributesOf(volume) !== attributesOf(claim)) return 'volumeAttributesClassName does not match';
  return undefined;
}

export interface MatchOptions {
  /** The scheduler asks for a node: only volumes that it reaches count. */
  node?: NodeIdentity;
  /** Names of volumes that are given to others already. */
  taken?: { has(name: string): boolean };
  /** The claim waits for its first consumer: the controller binds it to volumes reserved for it only. */
  waits?: boolean;
}

const byLeast =
  <T>(...ranks: ((value: T) => number)[]) =>
  (a: T, b: T): number => {
    for (const rank of ranks) {
      const difference = rank(a) - rank(b);
      if (difference !== 0) return difference;
    }
    return 0;
  };

/**
 * The volume that a claim gets: one that is reserved for it, else of the available ones that fit in class, mode, access modes, selector and
 * node the one with the fewest further access modes, then the smallest (findByClaim, volume.FindMatchingVolume). Equals by name.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { node, taken, waits = false }: MatchOptions = {},
): PersistentVolume | undefined {
  const request = requestOf(claim);
  const wanted = storageClassOf(claim);
  const fits = volumes.filter(
    (volume) =>
      !taken?.has(volume.metadata.name!) &&
      (!volume.spec.claimRef || isReservedFor(volume, claim)) &&
      !volume.metadata.deletionTimestamp &&
      sameMode(claim, volume) &&
      offersModes(claim, volume) &&
      attributesOf(volume) === attributesOf(claim) &&
      capacityOf(volume).compare(request) >= 0,
  );
  const reserved = fits.find((volume) => isReservedFor(volume, claim));
  // A reserved volume out of the node's reach means that the claim cannot be used there.
  if (reserved) return !node || reachableFrom(reserved, node) ? reserved : undefined;
  if (waits && !node) return undefined;
  return fits
    .filter(
      (volume) =>
        volume.status?.phase === 'Available' &&
        storageClassOf(volume) === wanted &&
        (!claim.spec.selector || matchesSelector(claim.spec.selector, volume.metadata.labels)) &&
        (!node || reachableFrom(volume, node)),
    )
    .sort(
      (a, b) =>
        byLeast<PersistentVolume>(
          (volume) => volume.spec.accessModes?.length ?? 0,
          (volume) => capacityOf(volume).toNumber(),
        )(a, b) || (a.metadata.name! < b.metadata.name! ? -1 : 1),
    )[0];
}
