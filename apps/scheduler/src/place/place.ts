import { nodeFailures } from './filters.ts';
import { type NamespaceLabels, podAffinityFailure } from './pod-affinity.ts';
import { scores } from './scores.ts';
import { spreadFailure } from './topology-spread.ts';
import type { NodeState, PodFacts } from './types.ts';

export type Placement =
  | { pod: PodFacts; node: string }
  | { pod: PodFacts; node?: undefined; message: string; reasons: ReadonlyMap<string, number> };

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` as kube-scheduler words it. */
export function unavailableMessage(nodeCount: number, reasons: ReadonlyMap<string, number>): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${parts.join(', ')}.`;
}

/** Adds a pod to a node's books. */
export function assume(node: NodeState, pod: PodFacts): void {
  node.pods.set(pod.uid, pod);
  for (const [name, amount] of Object.entries(pod.requests)) node.requested[name] = (node.requested[name] ?? 0) + amount;
}

/** Takes a pod off a node's books; nothing happens when it is not there. */
export function forget(node: NodeState, uid: string): void {
  const pod = node.pods.get(uid);
  if (!pod) return;
  node.pods.delete(uid);
  for (const [name, amount] of Object.entries(pod.requests)) node.requested[name] = (node.requested[name] ?? 0) - amount;
}

/** Where one pod goes. Equal scores are decided by name, so that equal input gives equal output. */
export function placeOne(pod: PodFacts, nodes: readonly NodeState[], namespaces: NamespaceLabels): Placement {
  const reasons = new Map<string, number>();
  const feasible: NodeState[] = [];
  for (const node of nodes) {
    const failures = nodeFailures(pod, node);
    const late =
      failures.length > 0 ? undefined : (spreadFailure(pod, node, nodes) ?? podAffinityFailure(pod, node, nodes, namespaces));
    if (late) failures.push(late);
    if (failures.length === 0) feasible.push(node);
    for (const reason of failures) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (feasible.length === 0) return { pod, message: unavailableMessage(nodes.length, reasons), reasons };
  const totals = scores(pod, feasible, nodes);
  let best = 0;
  for (let i = 1; i < feasible.length; i++) {
    const better = totals[i]! - totals[best]!;
    if (better > 1e-9 || (Math.abs(better) <= 1e-9 && feasible[i]!.facts.name < feasible[best]!.facts.name)) best = i;
  }
  return { pod, node: feasible[best]!.facts.name };
}

/** Places a wave: higher priority first, then in the given order. Every placement counts for the next ones; `nodes` carries the books. */
export function placeWave(pods: readonly PodFacts[], nodes: readonly NodeState[], namespaces: NamespaceLabels): Placement[] {
  const byName = new Map(nodes.map((node) => [node.facts.name, node]));
  return [...pods]
    .sort((a, b) => b.priority - a.priority)
    .map((pod) => {
      const placement = placeOne(pod, nodes, namespaces);
      if (placement.node !== undefined) assume(byName.get(placement.node)!, pod);
      return placement;
    });
}
