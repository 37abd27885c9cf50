import { isAlreadyExists, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { claimNameOf, type PersistentVolumeClaim, type Pod, type Volume } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { isPodFinished } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';

const NAME = 'ephemeral_volume';

/** The claim of a generic ephemeral volume: it belongs to its pod and goes with it (KEP-1698). */
export function ephemeralClaim(pod: Pod, volume: Volume): PersistentVolumeClaim {
  const { metadata, spec } = volume.ephemeral!.volumeClaimTemplate!;
  const { name, uid, namespace } = pod.metadata;
  return {
    metadata: {
      name: claimNameOf(pod, volume),
      namespace,
      labels: metadata?.labels,
      annotations: metadata?.annotations,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: name!, uid: uid!, controller: true, blockOwnerDeletion: true }],
    },
    spec,
  };
}

export const isOwnedBy = ({ metadata }: PersistentVolumeClaim, pod: Pod): boolean =>
  metadata.ownerReferences?.some(({ uid, controller: controls }) => controls && uid === pod.metadata.uid) ?? false;

/** Makes the claims of pods' generic ephemeral volumes. (pkg/controller/volume/ephemeral) */
export function ephemeralVolumeController({ client, informers, logger, recorder }: ControllerContext): Controller {
  const pods = informers.informer<Pod>(refs.pods);
  const claims = informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const claimClient = client.resource<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const events = recorder(NAME);
  const ephemeral = ({ spec }: Pod) => (spec.volumes ?? []).filter((volume) => volume.ephemeral?.volumeClaimTemplate);
  const podOf = ({ metadata }: PersistentVolumeClaim): string | undefined => {
    const owner = metadata.ownerReferences?.find((reference) => reference.controller);
    return owner?.kind === 'Pod' ? `${metadata.namespace}/${owner.name}` : undefined;
  };
  return controller({
    name: NAME,
    logger,
    watches: [
      watch(pods, (pod, { deleted }) => (deleted || ephemeral(pod).length === 0 ? [] : [keyOf(pod)])),
      // A claim that went away under a pod that waits is made again.
      watch(claims, (claim, { deleted }) => (deleted ? [podOf(claim)] : [])),
    ],
    reconcile: async (key) => {
      const pod = pods.store.get(key);
      if (!pod || pod.metadata.deletionTimestamp || isPodFinished(pod)) return;
      for (const volume of ephemeral(pod)) {
        const wanted = ephemeralClaim(pod, volume);
        const existing = claims.store.get(keyOf(wanted));
        if (existing && isOwnedBy(existing, pod)) continue;
        try {
          if (existing) throw new Error(`PVC "${keyOf(wanted)}" was not created for pod "${key}" (pod is not owner)`);
          await claimClient.create(wanted);
        } catch (error) {
          // The cache is behind: the claim's own event leads back here.
          if (isAlreadyExists(error)) continue;
          events.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${(error as Error).message}`);
          throw error;
        }
      }
    },
  });
}
