import type { DaemonSetStatus } from '@windlass/resources';
import { isPodAvailable, isPodReady } from '../shared/pods.ts';
import { placementOf } from './placement.ts';
import { isUpdated, podsByNode, type Situation } from './plan.ts';

/** Counts nodes, by each node's oldest pod. */
export function daemonSetStatus({ set, nodes, pods, hash, now }: Situation, collisionCount: number | undefined): DaemonSetStatus {
  const byNode = podsByNode(pods);
  let [desired, current, misscheduled, ready, available, updated] = [0, 0, 0, 0, 0, 0];
  for (const node of nodes) {
    const on = byNode.get(node.metadata.name as string) ?? [];
    const [pod] = on;
    if (!placementOf(set, node).run) {
      if (pod) misscheduled++;
      continue;
    }
    desired++;
    if (!pod) continue;
    current++;
    if (isPodReady(pod)) ready++;
    if (isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)) available++;
    if (isUpdated(pod, hash)) updated++;
  }
  const omitZero = (count: number) => count || undefined;
  return {
    ...set.status,
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: set.metadata.generation,
    updatedNumberScheduled: omitZero(updated),
    numberAvailable: omitZero(available),
    numberUnavailable: omitZero(desired - available),
    collisionCount,
  };
}
