import { isNotFound, keyOf, type ResourceClient } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { KubeObject } from '@windlass/meta';
import { claimKeysOf, type PersistentVolume, type PersistentVolumeClaim, type Pod } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';

export const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

/** The finalizers that an object should have: with ours while it lives, without it once it is deleted and not in use; undefined: as they are. */
export function protectedFinalizers({ metadata }: KubeObject, finalizer: string, inUse: boolean): string[] | undefined {
  const current = metadata.finalizers ?? [];
  const has = current.includes(finalizer);
  if (!metadata.deletionTimestamp) return has ? undefined : [...current, finalizer];
  return has && !inUse ? current.filter((name) => name !== finalizer) : undefined;
}

async function write<T extends KubeObject>(
  objects: ResourceClient<T>,
  object: T,
  finalizers: string[] | undefined,
): Promise<void> {
  if (!finalizers) return;
  const { uid, resourceVersion } = object.metadata;
  try {
    await objects.patch(object.metadata, { metadata: { uid, resourceVersion, finalizers } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Keeps claims that a scheduled pod refers to from going away under it. */
export function claimProtectionController({ client, informers, logger }: ControllerContext): Controller {
  const claims = informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const pods = informers.informer<Pod>(refs.pods, { indexers: { claims: claimKeysOf } });
  const claimClient = client.resource<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const podClient = client.resource<Pod>(refs.pods);
  // An unscheduled pod cannot start on a claim that is being deleted any more.
  const uses = (key: string) => (pod: Pod) => !!pod.spec.nodeName && claimKeysOf(pod).includes(key);
  return controller({
    name: 'persistentvolumeclaim-protection',
    workers: 2,
    logger,
    watches: [
      watch(claims, (claim, { deleted }) => (deleted ? [] : [keyOf(claim)])),
      watch(pods, (pod, { deleted }) => (deleted ? claimKeysOf(pod) : [])),
    ],
    reconcile: async (key) => {
      const claim = claims.store.get(key);
      if (!claim) return;
      const deleting = !!claim.metadata.deletionTimestamp;
      let inUse = deleting && pods.store.byIndex('claims', key).some(uses(key));
      // The cache may not show a pod yet that was just scheduled: before the point of no return the server is asked.
      if (deleting && !inUse && claim.metadata.finalizers?.includes(CLAIM_PROTECTION))
        inUse = (await podClient.list({ namespace: claim.metadata.namespace })).items.some(uses(key));
      await write(claimClient, claim, protectedFinalizers(claim, CLAIM_PROTECTION, inUse));
    },
  });
}

/** Keeps bound volumes from going away under their claims. */
export function volumeProtectionController({ client, informers, logger }: ControllerContext): Controller {
  const volumes = informers.informer<PersistentVolume>(refs.persistentVolumes);
  const volumeClient = client.resource<PersistentVolume>(refs.persistentVolumes);
  return controller({
    name: 'persistentvolume-protection',
    workers: 1,
    logger,
    watches: [watch(volumes, (volume, { deleted }) => (deleted ? [] : [keyOf(volume)]))],
    reconcile: async (key) => {
      const volume = volumes.store.get(key);
      if (!volume) return;
      const finalizers = protectedFinalizers(volume, VOLUME_PROTECTION, volume.status?.phase === 'Bound');
      await write(volumeClient, volume, finalizers);
    },
  });
}
