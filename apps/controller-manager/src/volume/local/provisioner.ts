import { isAlreadyExists, isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import {
  LOCAL_PROVISIONER,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  SELECTED_NODE,
  type StorageClass,
} from '@windlass/resources';
import type { ControllerContext } from '../../shared/context.ts';
import { refs } from '../../shared/refs.ts';
import { keeperOf, PROVISIONER_FINALIZER, provisioning, upkeep } from './provision.ts';

const REMOVE_TIMEOUT_MS = 300_000;

/** Makes volumes in directories of the nodes that the scheduler selected. Events are those of Kubernetes' external provisioners. */
export function localProvisioner({ client, informers, logger, recorder }: ControllerContext): Controller {
  const claims = informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const classes = informers.informer<StorageClass>(refs.storageClasses);
  const nodes = informers.informer<Node>(refs.nodes);
  const volumes = client.resource<PersistentVolume>(refs.persistentVolumes);
  const claimClient = client.resource<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const events = recorder(LOCAL_PROVISIONER);
  /** What a claim was refused with last. */
  const refused = new Map<string, string>();

  return controller({
    name: 'local-provisioner',
    logger,
    watches: [
      watch(claims, (claim, { deleted }) => {
        if (deleted) refused.delete(claim.metadata.uid!);
        return deleted ? [] : [keyOf(claim)];
      }),
      watch(classes, ({ provisioner }) =>
        provisioner === LOCAL_PROVISIONER
          ? claims.store
              .list()
              .filter(({ spec }) => !spec.volumeName)
              .map(keyOf)
          : [],
      ),
      { informer: nodes, connect: () => () => {} },
    ],
    reconcile: async (key) => {
      const claim = claims.store.get(key);
      if (!claim) return;
      const storageClass = classes.store.get(claim.spec.storageClassName ?? '');
      const plan = provisioning(claim, storageClass, (name) => nodes.store.get(name));
      const fail = (message: string) =>
        events.event(
          claim,
          'Warning',
          'ProvisioningFailed',
          `failed to provision volume with StorageClass "${claim.spec.storageClassName}": ${message}`,
        );
      switch (plan.do) {
        case 'make': {
          const { name } = plan.volume.metadata;
          events.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${key}"`);
          try {
            await volumes.create(plan.volume);
          } catch (error) {
            if (isAlreadyExists(error)) return;
            fail((error as Error).message);
            throw error;
          }
          events.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
          return;
        }
        case 'reschedule': {
          fail(plan.message);
          const { uid, resourceVersion } = claim.metadata;
          const metadata = { uid, resourceVersion, annotations: { [SELECTED_NODE]: null } };
          await claimClient.patch(claim.metadata, { metadata });
          return;
        }
        case 'refuse':
          if (refused.get(claim.metadata.uid!) !== plan.message) fail(plan.message);
          refused.set(claim.metadata.uid!, plan.message);
      }
    },
  });
}

/** Has nodes remove the data of volumes that nobody claims any more, then the volumes. */
export function localDeleter({ client, informers, logger, recorder }: ControllerContext): Controller {
  const volumes = informers.informer<PersistentVolume>(refs.persistentVolumes);
  const nodes = informers.informer<Node>(refs.nodes);
  const volumeClient = client.resource<PersistentVolume>(refs.persistentVolumes);
  const nodeClient = client.resource<Node>(refs.nodes);
  const events = recorder(LOCAL_PROVISIONER);

  async function removeData(node: string, handle: string): Promise<void> {
    const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/localVolumes/${encodeURIComponent(handle)}`;
    try {
      await client.request({ method: 'DELETE', path, timeoutMs: REMOVE_TIMEOUT_MS });
    } catch (error) {
      // A node that was taken out of the cluster took its directories with it.
      if (!isNotFound(error) || (await exists(node))) throw error;
    }
  }
  const exists = (name: string): Promise<boolean> =>
    nodeClient.get({ name }).then(
      () => true,
      (error) => {
        if (isNotFound(error)) return false;
        throw error;
      },
    );
  const gone = (error: unknown): undefined => {
    if (!isNotFound(error)) throw error;
  };

  return controller({
    name: 'local-deleter',
    logger,
    // A node that is away for an hour is asked again soon after it is back.
    queue: { baseDelayMs: 500, maxDelayMs: 60_000 },
    watches: [
      watch(volumes, (volume, { deleted }) => (deleted || keeperOf(volume) === undefined ? [] : [keyOf(volume)])),
      watch(nodes, ({ metadata }, { deleted }) =>
        deleted
          ? volumes.store
              .list()
              .filter((volume) => keeperOf(volume) === metadata.name)
              .map(keyOf)
          : [],
      ),
    ],
    reconcile: async (key) => {
      const volume = volumes.store.get(key);
      const node = volume && keeperOf(volume);
      if (!volume || node === undefined) return;
      const plan = upkeep(volume, node);
      const { uid, resourceVersion } = volume.metadata;
      if (plan.do === 'finalizers')
        await volumeClient
          .patch(volume.metadata, { metadata: { uid, resourceVersion, finalizers: plan.finalizers } })
          .catch(gone);
      if (plan.do !== 'delete') return;
      try {
        await removeData(plan.node, volume.spec.csi!.volumeHandle);
      } catch (error) {
        events.event(volume, 'Warning', 'VolumeFailedDelete', (error as Error).message);
        throw error;
      }
      if (!volume.metadata.deletionTimestamp) await volumeClient.delete(volume.metadata, { preconditions: { uid } }).catch(gone);
      const last = await volumeClient.get(volume.metadata).catch(gone);
      if (!last) return;
      const left = (last.metadata.finalizers ?? []).filter((each) => each !== PROVISIONER_FINALIZER);
      const metadata = { uid, resourceVersion: last.metadata.resourceVersion, finalizers: left };
      await volumeClient.patch(last.metadata, { metadata }).catch(gone);
    },
  });
}
