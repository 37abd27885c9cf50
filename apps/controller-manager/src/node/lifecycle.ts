import { isConflict, isNotFound } from '@windlass/client';
import type { Runnable } from '@windlass/controller';
import { sleep } from '@windlass/platform';
import type { Lease, Node, Pod } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { isPodFinished, isPodReady } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import { desiredTaints, readyStatus, silentConditions } from './health.ts';

export interface NodeLifecycleOptions {
  /** A node that gave no sign for so long is Unknown. */
  graceMs: number;
  periodMs: number;
}

/**
 * Watches over nodes by their leases and status heartbeats, measured on this process's own clock: marks silent ones Unknown, taints what is
 * not ready, and marks their pods not ready. Eviction is the taint controller's.
 */
export function nodeLifecycleController(context: ControllerContext, { graceMs, periodMs }: NodeLifecycleOptions): Runnable {
  const { client, informers, logger, now } = context;
  const nodes = informers.informer<Node>(refs.nodes);
  const leases = informers.informer<Lease>(refs.leases, { namespace: 'kube-node-lease' });
  const pods = informers.informer<Pod>(refs.pods);
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  const nodeClient = client.resource<Node>(refs.nodes);
  const podClient = client.resource<Pod>(refs.pods);
  const recorder = context.recorder('node-controller');
  const signs = new Map<string, { text: string; at: number }>();
  const known = new Map<string, string>();

  const tellNode = (node: Node, type: 'Normal' | 'Warning', reason: string, message: string) =>
    recorder.event({ apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid }, type, reason, message);

  /** Whether a sign of life came within the grace period. */
  const isAlive = (node: Node): boolean => {
    const name = node.metadata.name as string;
    const heartbeat = node.status?.conditions?.find((c) => c.type === 'Ready')?.lastHeartbeatTime;
    const text = `${leases.store.get(`kube-node-lease/${name}`)?.spec.renewTime} ${heartbeat}`;
    const last = signs.get(name);
    if (last?.text !== text) signs.set(name, { text, at: performance.now() });
    return performance.now() - (signs.get(name)?.at ?? 0) <= graceMs;
  };

  const monitor = async (node: Node, evict: boolean): Promise<void> => {
    let current = node;
    const conditions = isAlive(node) ? undefined : silentConditions(node, timestamp(now()));
    if (conditions) {
      const patch = { status: { conditions } };
      current = await nodeClient.patch({ name: node.metadata.name }, patch, { type: 'strategic', subresource: 'status' });
    }
    const name = node.metadata.name as string;
    const ready = readyStatus(current);
    const before = known.get(name);
    known.set(name, ready);
    const taints = desiredTaints(current, evict, timestamp(now()));
    if (!semanticEqual(taints, current.spec?.taints)) {
      const { resourceVersion } = current.metadata;
      await nodeClient.patch({ name }, { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } });
    }
    if (ready === 'True') return;
    if (before === 'True') tellNode(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    await markPodsNotReady(name);
  };

  const markPodsNotReady = async (nodeName: string): Promise<void> => {
    for (const pod of pods.store.byIndex('node', nodeName)) {
      if (!isPodReady(pod) || isPodFinished(pod)) continue;
      const time = timestamp(now());
      const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: time }];
      try {
        await podClient.patch(
          pod.metadata,
          { metadata: { uid: pod.metadata.uid }, status: { conditions } },
          { type: 'strategic', subresource: 'status' },
        );
        recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    }
  };

  const register = () => {
    const present = new Set<string>();
    for (const node of nodes.store.list()) {
      const name = node.metadata.name as string;
      present.add(name);
      if (!known.has(name))
        tellNode(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
      if (!known.has(name)) known.set(name, readyStatus(node));
    }
    for (const name of [...known.keys()]) {
      if (present.has(name)) continue;
      known.delete(name);
      signs.delete(name);
      const message = `Node ${name} event: Removing Node ${name} from Controller`;
      recorder.event({ apiVersion: 'v1', kind: 'Node', name }, 'Normal', 'RemovingNode', message);
    }
  };

  return {
    name: 'node-lifecycle',
    async run(signal) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([Promise.all([nodes.synced(), leases.synced(), pods.synced()]), aborted]);
      // A node that heals or is cordoned is seen to at once, not at the next round.
      let wake = new AbortController();
      const stopListening = nodes.addHandler({
        add: () => wake.abort(),
        update: (old, node) => {
          if (readyStatus(old) !== readyStatus(node) || old.spec?.unschedulable !== node.spec?.unschedulable) wake.abort();
        },
      });
      while (!signal.aborted) {
        wake = new AbortController();
        register();
        const all = nodes.store.list();
        // When no node is ready the fault is more likely here or in the network: evicting everything would help nobody.
        const evict = all.some((node) => readyStatus(node) === 'True' && isAlive(node));
        for (const node of all) {
          await monitor(node, evict).catch((error) => {
            if (!isConflict(error) && !isNotFound(error)) logger.warn({ err: error, node: node.metadata.name }, 'node monitor');
          });
        }
        await sleep(periodMs, AbortSignal.any([signal, wake.signal]));
        if (wake.signal.aborted) await sleep(50, signal);
      }
      stopListening();
    },
  };
}
