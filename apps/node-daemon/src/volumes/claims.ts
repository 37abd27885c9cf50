import { type Client, isNotFound, type ResourceRef } from '@windlass/client';
import {
  claimNameOf,
  isReservedFor,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type Volume,
} from '@windlass/resources';

const CLAIMS: ResourceRef = { group: '', version: 'v1', resource: 'persistentvolumeclaims', namespaced: true };
const VOLUMES: ResourceRef = { group: '', version: 'v1', resource: 'persistentvolumes', namespaced: false };

/** A claim that gives no volume (yet); the message is the kubelet's. */
export class ClaimError extends Error {
  override name = 'ClaimError';
  constructor(volume: string, why: string) {
    super(
      `Unable to attach or mount volumes: unmounted volumes=[${volume}], unattached volumes=[], failed to process volumes=[${volume}]: ${why}`,
    );
  }
}

const isDevice = ({ spec }: Pod, name: string): boolean =>
  [...spec.containers, ...(spec.initContainers ?? [])].some(({ volumeDevices }) =>
    volumeDevices?.some((each) => each.name === name),
  );

/** Why a claim cannot be used by a pod (desired_state_of_world_populator); undefined: it can. */
export function unusable(claim: PersistentVolumeClaim, pod: Pod, volume: Volume, started: boolean): string | undefined {
  const { namespace, name } = pod.metadata;
  const owned = claim.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === pod.metadata.uid);
  if (volume.ephemeral && !owned)
    return `PVC ${namespace}/${claim.metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`;
  // A pod that runs keeps what it has: protection holds the claim for it.
  if (claim.metadata.deletionTimestamp && !started) return 'PVC is being deleted';
  return claim.status?.phase === 'Bound' && claim.spec.volumeName ? undefined : 'PVC is not bound';
}

/** Why a volume cannot be used through a claim; undefined: it can. */
export function unfit(volume: PersistentVolume, claim: PersistentVolumeClaim, pod: Pod, name: string): string | undefined {
  const quoted = JSON.stringify(volume.metadata.name);
  const { claimRef, volumeMode = 'Filesystem' } = volume.spec;
  if (!claimRef) return `found PV object ${quoted} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`;
  if (!claimRef.uid || !isReservedFor(volume, claim))
    return `found PV object ${quoted} but its pv.Spec.ClaimRef.UID ${JSON.stringify(claimRef.uid ?? '')} does not point to claim.UID ${JSON.stringify(claim.metadata.uid)}`;
  const device = isDevice(pod, name);
  if (volumeMode === 'Block') return device ? undefined : `volume ${name} has volumeMode Block, but is specified in volumeMounts`;
  return device ? `volume ${name} has volumeMode Filesystem, but is specified in volumeDevices` : undefined;
}

/**
 * The persistent volume behind a volume of a pod. A node may fetch both objects, it may not watch them.
 * @param started containers of the pod were made before
 * @throws ClaimError
 */
export async function persistentVolumeOf(client: Client, pod: Pod, volume: Volume, started: boolean): Promise<PersistentVolume> {
  const { namespace } = pod.metadata;
  const name = claimNameOf(pod, volume)!;
  const fail = (why: string): never => {
    throw new ClaimError(volume.name, why);
  };
  const processing = (why: string): never => fail(`error processing PVC ${namespace}/${name}: ${why}`);
  const missing = (what: string) => (error: unknown) => {
    if (!isNotFound(error)) throw error;
    return processing(`failed to fetch ${what} from API server: ${(error as Error).message}`);
  };
  const claim = await client.resource<PersistentVolumeClaim>(CLAIMS).get({ namespace, name }).catch(missing('PVC'));
  const wrong = unusable(claim, pod, volume, started);
  if (wrong !== undefined) processing(wrong);
  const { volumeName } = claim.spec;
  const found = await client
    .resource<PersistentVolume>(VOLUMES)
    .get({ name: volumeName })
    .catch(missing(`PV ${volumeName}`));
  const misfit = unfit(found, claim, pod, volume.name);
  if (misfit !== undefined) fail(misfit);
  return found;
}
