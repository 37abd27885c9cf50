import { isConflict, isNotFound, keyOf } from '@windlass/client';
import type { Runnable } from '@windlass/controller';
import { sleep } from '@windlass/platform';
import type { Node, Pod } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { isPodFinished } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import { isOutOfService, surplusPods } from './collectable.ts';

const QUARANTINE_MS = 40_000;

export interface PodGcOptions {
  /** Finished pods that may stay; 0: any number. */
  terminatedThreshold: number;
  /** Default 20,000. */
  periodMs?: number;
  /** How long a node must be missing before its pods go. Default 40,000. */
  quarantineMs?: number;
}

/** Removes pods that nobody will finish: on nodes that no longer exist, on nodes out of service, never scheduled and deleted, or finished beyond the threshold. */
export function podGarbageCollector(context: ControllerContext, options: PodGcOptions): Runnable {
  const { client, informers, logger, now } = context;
  const pods = informers.informer<Pod>(refs.pods);
  const nodes = informers.informer<Node>(refs.nodes);
  const podClient = client.resource<Pod>(refs.pods);
  const nodeClient = client.resource<Node>(refs.nodes);
  const missingSince = new Map<string, number>();

  /** Ends a pod at once. One that still counts as running is first marked failed, with the reason when there is one to tell. */
  const remove = async (pod: Pod, message?: string): Promise<void> => {
    const { uid } = pod.metadata;
    try {
      if (!isPodFinished(pod)) {
        const lastTransitionTime = timestamp(now());
        const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message, lastTransitionTime };
        const status = { phase: 'Failed', ...(message ? { conditions: [condition] } : {}) };
        await podClient.patch(pod.metadata, { metadata: { uid }, status }, { type: 'strategic', subresource: 'status' });
      }
      await podClient.delete(pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (err) {
      if (isNotFound(err) || isConflict(err)) return;
      // The others are not to wait for this one; it comes again in the next round.
      logger.warn({ err, pod: keyOf(pod) }, 'a pod cannot be collected');
    }
  };

  const collect = async (): Promise<void> => {
    const all = pods.store.list();
    for (const pod of surplusPods(all, options.terminatedThreshold)) await remove(pod);
    const absent = new Set<string>();
    for (const pod of all) {
      const nodeName = pod.spec.nodeName;
      if (!nodeName) {
        if (pod.metadata.deletionTimestamp) await remove(pod);
        continue;
      }
      const node = nodes.store.get(nodeName);
      if (!node) absent.add(nodeName);
      else if (pod.metadata.deletionTimestamp && isOutOfService(node)) await remove(pod);
    }
    for (const name of missingSince.keys()) if (!absent.has(name)) missingSince.delete(name);
    for (const name of absent) {
      if (!missingSince.has(name)) missingSince.set(name, performance.now());
      const quarantine = options.quarantineMs ?? QUARANTINE_MS;
      if (performance.now() - (missingSince.get(name) as number) < quarantine || (await exists(name))) continue;
      for (const pod of all) if (pod.spec.nodeName === name) await remove(pod, 'PodGC: node no longer exists');
    }
  };

  const exists = async (name: string): Promise<boolean> => {
    try {
      await nodeClient.get({ name });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };

  return {
    name: 'pod-garbage-collector',
    async run(signal) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([Promise.all([pods.synced(), nodes.synced()]), aborted]);
      while (!signal.aborted) {
        await collect().catch((error) => logger.warn({ err: error }, 'pod garbage collection'));
        await sleep(options.periodMs ?? 20_000, signal);
      }
    },
  };
}
