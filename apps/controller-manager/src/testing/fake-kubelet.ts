import { type Client, type Informer, InformerFactory, isConflict, isNotFound } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import { refs } from '../shared/refs.ts';

/**
 * Plays scheduler and kubelet for specs: puts pods on `node`, reports them Running and Ready with an address, and finishes deletions.
 * `hold` keeps a pod pending.
 */
export function startFakeKubelet(
  client: Client,
  options: { node?: string; hold?: (pod: Pod) => boolean; phase?: (pod: Pod) => string } = {},
): { pods: Informer<Pod>; stop(): void } {
  const stop = new AbortController();
  const informers = new InformerFactory(client);
  const informer = informers.informer<Pod>(refs.pods);
  const pods = client.resource<Pod>(refs.pods);
  let address = 1;
  const handle = async (pod: Pod): Promise<void> => {
    if (pod.metadata.deletionTimestamp)
      await pods.delete(pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
    else if (!pod.spec.nodeName && !options.hold?.(pod))
      await pods.subresource(pod.metadata, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: pod.metadata.name },
        target: { kind: 'Node', name: options.node ?? 'node-a' },
      });
    else if (pod.spec.nodeName && pod.status?.phase === 'Pending') {
      const now = `${new Date().toISOString().slice(0, 19)}Z`;
      const phase = options.phase?.(pod) ?? 'Running';
      const podIP = `10.1.${address >> 8}.${address++ & 255}`;
      const ready = phase === 'Running' ? 'True' : 'False';
      const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: ready,
        lastTransitionTime: now,
      }));
      await pods.patch(
        pod.metadata,
        { status: { phase, podIP, podIPs: [{ ip: podIP }], startTime: now, conditions } },
        { subresource: 'status' },
      );
    }
  };
  const safely = (pod: Pod) =>
    void handle(pod).catch((error) => {
      if (!isNotFound(error) && !isConflict(error) && !stop.signal.aborted) throw error;
    });
  informer.addHandler({ add: safely, update: (_, pod) => safely(pod) });
  informers.start(stop.signal);
  return { pods: informer, stop: () => stop.abort(new Error('fake kubelet stopped')) };
}
