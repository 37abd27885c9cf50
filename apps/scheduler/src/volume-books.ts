import { isReservedFor, type PersistentVolume, type PersistentVolumeClaim, type StorageClass } from '@windlass/resources';
import { keyOfClaim, type VolumePlan, type VolumeView } from './place/volumes.ts';

/** Reads of the informers' caches. */
export interface VolumeCaches {
  claim(key: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  volumes(className: string): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
}

/** Claims and volumes as the caches show them, and what was decided for pods that wait for their volumes (kube-scheduler's assume caches). */
export class VolumeBooks implements VolumeView {
  readonly #caches: VolumeCaches;
  /** Claim → volume, and back. */
  readonly #bindings = new Map<string, string>();
  readonly taken = new Map<string, string>();
  readonly #nodes = new Map<string, string>();

  constructor(caches: VolumeCaches) {
    this.#caches = caches;
  }

  claim = (key: string): PersistentVolumeClaim | undefined => this.#caches.claim(key);
  volume = (name: string): PersistentVolume | undefined => this.#caches.volume(name);
  storageClass = (name: string): StorageClass | undefined => this.#caches.storageClass(name);
  volumes = (className: string): readonly PersistentVolume[] => this.#caches.volumes(className);
  assumedVolume = (key: string): string | undefined => this.#bindings.get(key);
  assumedNode = (key: string): string | undefined => this.#nodes.get(key);

  assume({ bindings, provisions }: VolumePlan): void {
    for (const { claim, volume } of bindings) {
      this.#bindings.set(keyOfClaim(claim), volume.metadata.name!);
      this.taken.set(volume.metadata.name!, keyOfClaim(claim));
    }
    for (const { claim, node } of provisions) this.#nodes.set(keyOfClaim(claim), node);
  }

  /** The plan was carried out, or given up. */
  forget({ bindings, provisions }: VolumePlan): void {
    for (const { claim, volume } of bindings) {
      this.#bindings.delete(keyOfClaim(claim));
      this.taken.delete(volume.metadata.name!);
    }
    for (const { claim } of provisions) this.#nodes.delete(keyOfClaim(claim));
  }
}

/** A volume that is already reserved for the claim needs no write. */
export const needsReservation = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  !isReservedFor(volume, claim) || !volume.spec.claimRef?.uid;
