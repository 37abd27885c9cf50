import { isConflict, isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { Node, Pod } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { refs } from '../shared/refs.ts';
import { staySeconds } from './tolerations.ts';

/** Deletes pods from nodes with NoExecute taints when their tolerations have run out. Keys are pods. */
export function taintEvictionController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const nodes = informers.informer<Node>(refs.nodes);
  const pods = informers.informer<Pod>(refs.pods);
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  const podClient = client.resource<Pod>(refs.pods);
  const recorder = context.recorder('taint-eviction-controller');
  const noExecute = (node: Node | undefined) => (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
  /** When a pod was first seen under taints, for those that do not tell when they came. */
  const firstSeen = new Map<string, number>();
  const waiting = new Set<string>();

  const reconcile = async (key: string) => {
    const pod = pods.store.get(key);
    const taints = noExecute(pod?.spec.nodeName ? nodes.store.get(pod.spec.nodeName) : undefined);
    const stay =
      pod && taints.length > 0 && !pod.metadata.deletionTimestamp ? staySeconds(taints, pod.spec.tolerations ?? []) : undefined;
    if (!pod || taints.length === 0) firstSeen.delete(key);
    if (!pod || stay === undefined) {
      if (waiting.delete(key) && pod && !pod.metadata.deletionTimestamp)
        recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return;
    }
    if (!firstSeen.has(key)) firstSeen.set(key, now().getTime());
    const since = Math.max(...taints.map(({ timeAdded }) => Date.parse(timeAdded ?? '') || firstSeen.get(key)!));
    const left = since + stay * 1000 - now().getTime();
    if (left > 0) {
      waiting.add(key);
      return { requeueAfterMs: left };
    }
    waiting.delete(key);
    recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: timestamp(now()),
    };
    const { uid } = pod.metadata;
    try {
      await podClient.patch(
        pod.metadata,
        { metadata: { uid }, status: { conditions: [condition] } },
        { type: 'strategic', subresource: 'status' },
      );
      await podClient.delete(pod.metadata, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  };

  return controller({
    name: 'taint-eviction',
    workers: 8,
    logger,
    reconcile,
    watches: [
      watch<Pod>(pods, (pod, { old, deleted }) => {
        if (deleted) return [keyOf(pod)];
        const unchanged =
          old && old.spec.nodeName === pod.spec.nodeName && semanticEqual(old.spec.tolerations, pod.spec.tolerations);
        return unchanged || !pod.spec.nodeName ? [] : [keyOf(pod)];
      }),
      watch<Node>(nodes, (node, { old, deleted }) => {
        if (deleted || (old && semanticEqual(noExecute(old), noExecute(node)))) return [];
        if (!old && noExecute(node).length === 0) return [];
        return pods.store.byIndex('node', node.metadata.name as string).map(keyOf);
      }),
    ],
  });
}
