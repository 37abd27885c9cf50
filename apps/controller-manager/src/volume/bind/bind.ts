import { type ResourceClient, referenceTo } from '@windlass/client';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  isReservedFor,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@windlass/resources';
import { semanticEqual } from '../../shared/equal.ts';
import { unboundVolume } from './plan-volume.ts';
import { Recent } from './recent.ts';

type ClaimPhase = NonNullable<PersistentVolumeClaim['status']>['phase'];
type VolumePhase = NonNullable<PersistentVolume['status']>['phase'];

/** The writes of binding. Every one is conditional on the object's revision, so that two binders cannot both win. */
export class BindingWrites {
  readonly volumes = new Recent<PersistentVolume>();
  readonly claims = new Recent<PersistentVolumeClaim>();
  readonly #volumes: ResourceClient<PersistentVolume>;
  readonly #claims: ResourceClient<PersistentVolumeClaim>;

  constructor(volumes: ResourceClient<PersistentVolume>, claims: ResourceClient<PersistentVolumeClaim>) {
    this.#volumes = volumes;
    this.#claims = claims;
  }

  async #volume({ metadata }: PersistentVolume, change: object, subresource?: 'status'): Promise<PersistentVolume> {
    const { uid, resourceVersion } = metadata;
    const { metadata: more, ...rest } = change as { metadata?: object };
    const patch = { ...rest, metadata: { ...more, uid, resourceVersion } };
    return this.volumes.note(await this.#volumes.patch(metadata, patch, { subresource }));
  }

  async #claim({ metadata }: PersistentVolumeClaim, change: object, subresource?: 'status'): Promise<PersistentVolumeClaim> {
    const { uid, resourceVersion } = metadata;
    const { metadata: more, ...rest } = change as { metadata?: object };
    const patch = { ...rest, metadata: { ...more, uid, resourceVersion } };
    return this.claims.note(await this.#claims.patch(metadata, patch, { subresource }));
  }

  /** Volume to claim, volume's phase, claim to volume, claim's status: in this order, so that a crash in between can be gone on from. */
  async bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    let [v, c] = [volume, claim];
    if (!isReservedFor(v, c) || !v.spec.claimRef?.uid) {
      const byController = !isReservedFor(v, c) && { metadata: { annotations: { [BOUND_BY_CONTROLLER]: 'yes' } } };
      v = await this.#volume(v, { ...byController, spec: { claimRef: referenceTo(c) } });
    }
    v = await this.volumePhase(v, 'Bound');
    const annotations = c.metadata.annotations ?? {};
    if (c.spec.volumeName !== v.metadata.name || annotations[BIND_COMPLETED] === undefined) {
      const byController = c.spec.volumeName !== v.metadata.name && { [BOUND_BY_CONTROLLER]: 'yes' };
      c = await this.#claim(c, {
        metadata: { annotations: { [BIND_COMPLETED]: 'yes', ...byController } },
        spec: { volumeName: v.metadata.name },
      });
    }
    await this.claimBound(c, v);
  }

  async claimBound(claim: PersistentVolumeClaim, { spec }: PersistentVolume): Promise<void> {
    const { phase, accessModes } = claim.status ?? {};
    // What a bound claim has may be less than its volume: it is being expanded.
    const becomes = phase !== 'Bound';
    if (!becomes && semanticEqual(accessModes, spec.accessModes)) return;
    const capacity = becomes && { capacity: { storage: spec.capacity?.storage } };
    await this.#claim(claim, { status: { phase: 'Bound', accessModes: spec.accessModes, ...capacity } }, 'status');
  }

  async claimPhase(claim: PersistentVolumeClaim, phase: ClaimPhase): Promise<boolean> {
    const { status = {} } = claim;
    if (status.phase === phase && !status.accessModes && !status.capacity) return false;
    await this.#claim(claim, { status: { phase, accessModes: null, capacity: null } }, 'status');
    return true;
  }

  async volumePhase(volume: PersistentVolume, phase: VolumePhase, message = ''): Promise<PersistentVolume> {
    if (volume.status?.phase === phase && (volume.status?.message ?? '') === message) return volume;
    return this.#volume(volume, { status: { phase, message: message || null } }, 'status');
  }

  async unbind(volume: PersistentVolume): Promise<void> {
    const { claimRef, byController } = unboundVolume(volume);
    const metadata = byController && { metadata: { annotations: { [BOUND_BY_CONTROLLER]: null } } };
    await this.volumePhase(await this.#volume(volume, { ...metadata, spec: { claimRef } }), 'Available');
  }

  annotate(claim: PersistentVolumeClaim, annotations: Record<string, string>): Promise<PersistentVolumeClaim> {
    return this.#claim(claim, { metadata: { annotations } });
  }

  setClass(claim: PersistentVolumeClaim, storageClassName: string): Promise<PersistentVolumeClaim> {
    return this.#claim(claim, { spec: { storageClassName } });
  }
}
