import { matchesSelector } from '@windlass/meta';
import { podMayUse } from './node-rules.ts';
import type { NodeState, PodFacts } from './types.ts';

type Constraint = PodFacts['topologySpread'][number];

/** Matching pods per topology value, over the nodes that the pod may use. */
export function countsByDomain(pod: PodFacts, constraint: Constraint, nodes: readonly NodeState[]): Map<string, number> {
  const counts = new Map<string, number>();
  const selector = { ...constraint.labelSelector };
  const keys = Object.fromEntries(
    (constraint.matchLabelKeys ?? []).filter((key) => key in pod.labels).map((key) => [key, pod.labels[key]!]),
  );
  for (const node of nodes) {
    const value = node.facts.labels[constraint.topologyKey];
    if (value === undefined || !podMayUse(pod, node.facts, constraint)) continue;
    let count = counts.get(value) ?? 0;
    for (const other of node.pods.values())
      if (
        other.namespace === pod.namespace &&
        constraint.labelSelector &&
        matchesSelector(selector, other.labels) &&
        matchesSelector({ matchLabels: keys }, other.labels)
      )
        count++;
    counts.set(value, count);
  }
  return counts;
}

/** PodTopologySpread, whenUnsatisfiable DoNotSchedule. @returns the failed rule in kube-scheduler's words */
export function spreadFailure(pod: PodFacts, node: NodeState, nodes: readonly NodeState[]): string | undefined {
  for (const constraint of pod.topologySpread) {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
    const value = node.facts.labels[constraint.topologyKey];
    if (value === undefined) return "node(s) didn't match pod topology spread constraints (missing required label)";
    const counts = countsByDomain(pod, constraint, nodes);
    const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
    const self = constraint.labelSelector && matchesSelector(constraint.labelSelector, pod.labels) ? 1 : 0;
    if ((counts.get(value) ?? 0) + self - least > constraint.maxSkew)
      return "node(s) didn't match pod topology spread constraints";
  }
  return undefined;
}
