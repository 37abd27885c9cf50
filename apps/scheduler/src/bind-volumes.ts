import { type Client, type Handler, type Informer, referenceTo } from '@windlass/client';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  isReservedFor,
  type PersistentVolume,
  type PersistentVolumeClaim,
  SELECTED_NODE,
} from '@windlass/resources';
import type { VolumePlan } from './place/volumes.ts';
import { CLAIMS, VOLUMES } from './resources.ts';
import { needsReservation } from './volume-books.ts';

/** kube-scheduler's bindTimeoutSeconds. */
export const BIND_TIMEOUT_MS = 600_000;

/** A pod's volumes were not bound; the message is kube-scheduler's. */
export class VolumeBindingError extends Error {
  override name = 'VolumeBindingError';
  constructor(why: string) {
    super(`running PreBind plugin "VolumeBinding": binding volumes: ${why}`);
  }
}

/** Reserves volumes for claims and tells provisioners the node (VolumeBinding's PreBind). Writes are conditional on what the decision saw. */
export async function writePlan(client: Client, { bindings, provisions }: VolumePlan): Promise<void> {
  const volumes = client.resource<PersistentVolume>(VOLUMES);
  const claims = client.resource<PersistentVolumeClaim>(CLAIMS);
  for (const { claim, volume } of bindings) {
    if (!needsReservation(volume, claim)) continue;
    const { uid, resourceVersion } = volume.metadata;
    const annotations = isReservedFor(volume, claim) ? undefined : { [BOUND_BY_CONTROLLER]: 'yes' };
    const metadata = { uid, resourceVersion, annotations };
    await volumes.patch(volume.metadata, { metadata, spec: { claimRef: referenceTo(claim) } });
  }
  for (const { claim, node } of provisions) {
    if (claim.metadata.annotations?.[SELECTED_NODE] === node) continue;
    const { uid, resourceVersion } = claim.metadata;
    await claims.patch(claim.metadata, { metadata: { uid, resourceVersion, annotations: { [SELECTED_NODE]: node } } });
  }
}

const isBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  !!spec.volumeName && metadata.annotations?.[BIND_COMPLETED] !== undefined;

/**
 * Waits until all claims of a plan are bound.
 * @throws VolumeBindingError when one is gone, when its provisioner gives the node back, and after ten minutes
 */
export async function boundClaims(
  claims: Informer<PersistentVolumeClaim>,
  { awaited, provisions }: VolumePlan,
  signal: AbortSignal,
): Promise<void> {
  const wait = Promise.withResolvers<void>();
  const marked = new Set<string>();
  const fail = (why: string): void => wait.reject(new VolumeBindingError(why));
  const look = (): void => {
    for (const key of awaited) {
      const claim = claims.store.get(key);
      if (!claim) {
        fail(`persistentvolumeclaim ${JSON.stringify(key)} not found`);
        return;
      }
      if (isBound(claim) || !provisions.some((each) => each.claim.metadata.uid === claim.metadata.uid)) continue;
      if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) marked.add(key);
      else if (marked.has(key)) {
        fail(`selectedNode annotation reset for PVC ${JSON.stringify(claim.metadata.name)}`);
        return;
      }
    }
    if (awaited.every((key) => isBound(claims.store.get(key)!))) wait.resolve();
  };
  const handler: Handler<PersistentVolumeClaim> = { update: look, delete: look };
  const timer = setTimeout(() => fail('context deadline exceeded'), BIND_TIMEOUT_MS);
  const aborted = () => wait.reject(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  const off = claims.addHandler(handler);
  try {
    look();
    await wait.promise;
  } finally {
    off();
    clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
  }
}
