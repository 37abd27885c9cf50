import { isNotFound, keyOf, splitKey } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import {
  BETA_STORAGE_PROVISIONER,
  claimKeysOf,
  DEFAULT_STORAGE_CLASS,
  defaultClass,
  findMatchingVolume,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  STORAGE_PROVISIONER,
  type StorageClass,
  storageClassOf,
} from '@windlass/resources';
import type { ControllerContext } from '../../shared/context.ts';
import { refs } from '../../shared/refs.ts';
import { BindingWrites } from './bind.ts';
import { type ClaimView, planClaim, type Told } from './plan-claim.ts';
import { planVolume } from './plan-volume.ts';

const NAME = 'persistentvolume-controller';
const CLAIM = 'claim:';
const VOLUME = 'volume:';

const claimKeyOf = ({ spec: { claimRef } }: PersistentVolume): string | undefined =>
  claimRef?.name ? `${claimRef.namespace}/${claimRef.name}` : undefined;

/** Binds claims to volumes, follows what becomes of both, and asks provisioners for volumes. (pkg/controller/volume/persistentvolume) */
export function volumeBinder({ client, informers, logger, recorder }: ControllerContext): Controller {
  const volumes = informers.informer<PersistentVolume>(refs.persistentVolumes, {
    indexers: {
      // Those that anybody may have, by class; and those that are somebody's.
      freeOfClass: (volume) => (volume.spec.claimRef ? [] : [storageClassOf(volume)]),
      claim: (volume) => [claimKeyOf(volume) ?? ''],
    },
  });
  const claims = informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims, {
    indexers: {
      unbound: (claim) => (claim.status?.phase === 'Bound' ? [] : ['']),
      volume: ({ spec }) => (spec.volumeName ? [spec.volumeName] : []),
    },
  });
  const classes = informers.informer<StorageClass>(refs.storageClasses);
  const pods = informers.informer<Pod>(refs.pods, { indexers: { claims: claimKeysOf } });
  const claimClient = client.resource<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const writes = new BindingWrites(client.resource<PersistentVolume>(refs.persistentVolumes), claimClient);
  const events = recorder(NAME);
  /** Volumes that are being bound right now, and to whom. */
  const binding = new Map<string, string>();
  /** What a waiting claim was told last: an event per look would be noise. */
  const told = new Map<string, string>();

  const tell = (claim: PersistentVolumeClaim, event: Told | undefined): void => {
    const text = event && `${event.reason} ${event.message}`;
    if (!event || told.get(claim.metadata.uid!) === text) return;
    told.set(claim.metadata.uid!, text!);
    events.event(claim, event.type, event.reason, event.message);
  };
  const volumeNow = (name: string): PersistentVolume | undefined => {
    const cached = volumes.store.get(name);
    return cached && writes.volumes.of(cached);
  };
  const viewFor = (key: string, claim: PersistentVolumeClaim): ClaimView => ({
    volumes: [...volumes.store.byIndex('claim', key), ...volumes.store.byIndex('freeOfClass', storageClassOf(claim))].map(
      (volume) => writes.volumes.of(volume),
    ),
    volume: volumeNow,
    storageClass: (name) => classes.store.get(name),
    defaultClass: defaultClass(classes.store.list(), ...DEFAULT_STORAGE_CLASS)?.metadata.name,
    taken: { has: (name) => (binding.get(name) ?? key) !== key },
    waitingPods: pods.store
      .byIndex('claims', key)
      .filter(({ metadata, spec }) => !spec.nodeName && !metadata.deletionTimestamp)
      .map(({ metadata }) => metadata.name!)
      .sort(),
  });
  const unbound = () => claims.store.byIndex('unbound', '');
  const unboundClaims = (): string[] => unbound().map((claim) => CLAIM + keyOf(claim));
  /** Claims that name this volume, and those that wait and may get it. */
  const claimsFor = (volume: PersistentVolume): string[] => {
    const isFree = !volume.spec.claimRef && volume.status?.phase === 'Available';
    const waiting = isFree ? unbound().filter((claim) => findMatchingVolume(claim, [volume])) : [];
    return [...claims.store.byIndex('volume', volume.metadata.name!), ...waiting].map((claim) => CLAIM + keyOf(claim));
  };

  async function syncClaim(key: string): Promise<void> {
    const cached = claims.store.get(key);
    if (!cached) return;
    const claim = writes.claims.of(cached);
    const plan = planClaim(claim, viewFor(key, claim));
    switch (plan.do) {
      case 'bind': {
        const { name } = plan.volume.metadata;
        binding.set(name!, key);
        try {
          await writes.bind(plan.volume, claim);
        } finally {
          binding.delete(name!);
        }
        told.delete(claim.metadata.uid!);
        return;
      }
      case 'setClass':
        await writes.setClass(claim, plan.name);
        return;
      case 'provision': {
        const wanted = { [STORAGE_PROVISIONER]: plan.provisioner, [BETA_STORAGE_PROVISIONER]: plan.provisioner };
        if (claim.metadata.annotations?.[STORAGE_PROVISIONER] !== plan.provisioner) await writes.annotate(claim, wanted);
        tell(claim, plan.event);
        return;
      }
      case 'lost':
        if (await writes.claimPhase(claim, 'Lost')) events.event(claim, 'Warning', plan.event.reason, plan.event.message);
        return;
      default:
        await writes.claimPhase(claim, 'Pending');
        tell(claim, plan.event);
    }
  }

  /** The claim of a volume as the server has it, when the cache says that it is not there: a volume is not released by mistake. */
  async function claimOf(volume: PersistentVolume): Promise<PersistentVolumeClaim | undefined> {
    const key = claimKeyOf(volume);
    const cached = key === undefined ? undefined : claims.store.get(key);
    if (key === undefined || cached?.metadata.uid === volume.spec.claimRef?.uid) return cached;
    if (volume.status?.phase === 'Released' || volume.status?.phase === 'Failed') return cached;
    return claimClient.get(splitKey(key)).catch((error) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async function syncVolume(name: string, again: (key: string) => void): Promise<void> {
    const volume = volumeNow(name);
    if (!volume || binding.has(name)) return;
    const claim = volume.spec.claimRef?.uid ? await claimOf(volume) : undefined;
    const plan = planVolume(volume, claim);
    switch (plan.do) {
      case 'phase':
        await writes.volumePhase(volume, plan.phase);
        return;
      case 'unbind':
        await writes.unbind(volume);
        return;
      case 'fail':
        await writes.volumePhase(volume, 'Failed', plan.event.message);
        events.event(volume, plan.event.type, plan.event.reason, plan.event.message);
        return;
      case 'lookAtClaim': {
        if (!plan.mismatch) return again(CLAIM + claimKeyOf(volume));
        const at = JSON.stringify(keyOf(claim!));
        const ofVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${at} due to incompatible volumeMode.`;
        const ofClaim = `Cannot bind PersistentVolume ${JSON.stringify(name)} to requested PersistentVolumeClaim ${at} due to incompatible volumeMode.`;
        events.event(volume, 'Warning', 'VolumeMismatch', ofVolume);
        tell(claim!, { type: 'Warning', reason: 'VolumeMismatch', message: ofClaim });
      }
    }
  }

  const made: Controller = controller({
    name: NAME,
    workers: 10,
    logger,
    queue: { maxDelayMs: 15_000 },
    watches: [
      watch(claims, (claim, { deleted }) => {
        if (deleted) {
          writes.claims.forget(claim);
          told.delete(claim.metadata.uid!);
        }
        const { volumeName } = claim.spec;
        return [deleted ? undefined : CLAIM + keyOf(claim), volumeName ? VOLUME + volumeName : undefined];
      }),
      watch(volumes, (volume, { deleted }) => {
        if (deleted) writes.volumes.forget(volume);
        const claimKey = claimKeyOf(volume);
        return [deleted ? undefined : VOLUME + keyOf(volume), claimKey && CLAIM + claimKey, ...claimsFor(volume)];
      }),
      watch(classes, unboundClaims),
      watch(pods, (pod) =>
        pod.spec.nodeName
          ? []
          : claimKeysOf(pod)
              .filter((key) => claims.store.get(key)?.status?.phase !== 'Bound')
              .map((key) => CLAIM + key),
      ),
    ],
    reconcile: (key) =>
      key.startsWith(CLAIM)
        ? syncClaim(key.slice(CLAIM.length))
        : syncVolume(key.slice(VOLUME.length), (next) => made.queue.add(next)),
  });
  return made;
}
