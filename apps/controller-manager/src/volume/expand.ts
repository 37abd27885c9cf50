import { type Client, isNotFound, keyOf, type ResourceClient } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { compareQuantities } from '@windlass/meta';
import {
  LOCAL_DRIVER,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type PersistentVolumeClaimCondition,
} from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';

const NAME = 'volume_expand';
const DRIVER = `external-resizer ${LOCAL_DRIVER}`;

/** The size that a bound claim asks for beyond what it has; undefined: it has enough. */
export function wantedSize({ spec, status }: PersistentVolumeClaim): string | undefined {
  const wanted = spec.resources?.requests?.storage;
  const has = status?.capacity?.storage;
  if (status?.phase !== 'Bound' || wanted === undefined || has === undefined) return undefined;
  return compareQuantities(wanted, has) > 0 ? wanted : undefined;
}

/** Conditions of a claim while its volume grows, and without `now` afterwards. */
export function resizeConditions(
  conditions: readonly PersistentVolumeClaimCondition[] = [],
  now?: Date,
): PersistentVolumeClaimCondition[] {
  const others = conditions.filter(({ type }) => type !== 'Resizing' && type !== 'FileSystemResizePending');
  return now ? [...others, { type: 'Resizing', status: 'True', lastTransitionTime: timestamp(now) }] : others;
}

interface Clients {
  claims: ResourceClient<PersistentVolumeClaim>;
  volumes: ResourceClient<PersistentVolume>;
}

const clientsOf = (client: Client): Clients => ({
  claims: client.resource<PersistentVolumeClaim>(refs.persistentVolumeClaims),
  volumes: client.resource<PersistentVolume>(refs.persistentVolumes),
});

/** A directory has no size of its own: the books are all that grows. Order and fields as external-resizer (KEP-1790). */
async function grow(
  { claims, volumes }: Clients,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  size: string,
  now: Date,
): Promise<void> {
  const { uid } = claim.metadata;
  const status = (change: object) =>
    claims.patch(claim.metadata, { metadata: { uid }, status: change }, { subresource: 'status' });
  await status({
    conditions: resizeConditions(claim.status?.conditions, now),
    allocatedResources: { storage: size },
    allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
  });
  if (compareQuantities(volume.spec.capacity?.storage ?? '0', size) < 0)
    await volumes.patch(volume.metadata, { metadata: { uid: volume.metadata.uid }, spec: { capacity: { storage: size } } });
  const conditions = resizeConditions(claim.status?.conditions);
  await status({
    capacity: { storage: size },
    conditions: conditions.length > 0 ? conditions : null,
    allocatedResourceStatuses: null,
  });
}

/** Expands bound claims whose request has grown. (pkg/controller/volume/expand, external-resizer) */
export function expandController({ client, informers, logger, recorder, now }: ControllerContext): Controller {
  const claims = informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const volumes = informers.informer<PersistentVolume>(refs.persistentVolumes);
  const clients = clientsOf(client);
  /** Sizes of which was said that somebody else must see to them. */
  const told = new Map<string, string>();
  return controller({
    name: NAME,
    logger,
    watches: [
      watch(claims, (claim, { deleted }) => {
        if (deleted) told.delete(claim.metadata.uid!);
        return !deleted && wantedSize(claim) !== undefined ? [keyOf(claim)] : [];
      }),
      { informer: volumes, connect: () => () => {} },
    ],
    reconcile: async (key) => {
      const claim = claims.store.get(key);
      const size = claim && wantedSize(claim);
      const volume = claim && volumes.store.get(claim.spec.volumeName ?? '');
      if (!claim || size === undefined || !volume || claim.metadata.deletionTimestamp) return;
      const { uid } = claim.metadata;
      if (volume.spec.csi?.driver !== LOCAL_DRIVER) {
        if (told.get(uid!) === size) return;
        told.set(uid!, size);
        const message =
          "didn't find a plugin capable of expanding the volume; waiting for an external controller to process this PVC";
        recorder(NAME).event(claim, volume.spec.csi ? 'Normal' : 'Warning', 'ExternalExpanding', message);
        return;
      }
      const events = recorder(DRIVER);
      events.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`);
      try {
        await grow(clients, claim, volume, size, now());
      } catch (error) {
        if (isNotFound(error)) return;
        events.event(
          claim,
          'Warning',
          'VolumeResizeFailed',
          `resize volume ${volume.metadata.name} failed: ${(error as Error).message}`,
        );
        throw error;
      }
      events.event(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
    },
  });
}
