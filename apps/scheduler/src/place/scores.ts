import { matchesNodeTerm, tolerates } from '@windlass/resources';
import { countsByDomain } from './topology-spread.ts';
import type { NodeState, PodFacts } from './types.ts';

/** Requests that count for scoring when a pod has none (kube-scheduler's GetNonzeroRequests): 100m and 200 MiB. */
const NONZERO = { cpu: 100, memory: 200 * 1024 * 1024 } as const;
const MAX = 100;

const used = (pod: PodFacts, node: NodeState, name: 'cpu' | 'memory'): number => {
  const capacity = node.facts.allocatable[name] ?? 0;
  if (capacity === 0) return 1;
  return Math.min(1, ((node.requested[name] ?? 0) + (pod.requests[name] || NONZERO[name])) / capacity);
};

/** LeastAllocated and BalancedAllocation, each 0..100. */
export function resourceScore(pod: PodFacts, node: NodeState): number {
  const cpu = used(pod, node, 'cpu');
  const memory = used(pod, node, 'memory');
  const least = ((1 - cpu + (1 - memory)) / 2) * MAX;
  const balanced = (1 - Math.abs(cpu - memory) / 2) * MAX;
  return least + balanced;
}

const MIN_IMAGE = 23 * 1024 * 1024;
const MAX_IMAGE = 1000 * 1024 * 1024;

/** ImageLocality: 0..100 by the bytes of the pod's images that are there, weighted by how many nodes have them. */
export function imageScore(pod: PodFacts, node: NodeState, nodes: readonly NodeState[]): number {
  let sum = 0;
  for (const image of pod.images) {
    const size = node.facts.images.get(image);
    if (size) sum += (size * nodes.filter((other) => other.facts.images.has(image)).length) / nodes.length;
  }
  const max = MAX_IMAGE * pod.images.length;
  return Math.max(0, Math.min(MAX, ((Math.min(sum, max) - MIN_IMAGE) / (max - MIN_IMAGE)) * MAX));
}

const preferredAffinity = (pod: PodFacts, node: NodeState): number =>
  (pod.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
    (sum, { weight, preference }) => sum + (matchesNodeTerm(preference, node.facts) ? weight : 0),
    0,
  );

const untoleratedPreferences = (pod: PodFacts, node: NodeState): number =>
  node.facts.taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !pod.tolerations.some((t) => tolerates(t, taint)))
    .length;

/** Replicas of the same controller on the node: the default spreading of pods without constraints of their own. */
const siblings = (pod: PodFacts, node: NodeState): number => {
  if (!pod.controller) return 0;
  let count = 0;
  for (const other of node.pods.values()) if (other.controller === pod.controller) count++;
  return count;
};

/** Scales raw values to 0..100; `reverse`: the least is best. */
export function normalize(values: readonly number[], reverse = false): number[] {
  const max = Math.max(...values, 0);
  return values.map((value) => (max === 0 ? (reverse ? MAX : 0) : reverse ? MAX - (value * MAX) / max : (value * MAX) / max));
}

/** Total score per node of `feasible`, with kube-scheduler's default weights (TaintToleration 3, NodeAffinity 2, PodTopologySpread 2, others 1). */
export function scores(pod: PodFacts, feasible: readonly NodeState[], nodes: readonly NodeState[]): number[] {
  const taints = normalize(
    feasible.map((node) => untoleratedPreferences(pod, node)),
    true,
  );
  const affinity = normalize(feasible.map((node) => preferredAffinity(pod, node)));
  const soft = pod.topologySpread.filter((constraint) => constraint.whenUnsatisfiable === 'ScheduleAnyway');
  const counts = soft.map((constraint) => ({ key: constraint.topologyKey, counts: countsByDomain(pod, constraint, nodes) }));
  const spread = normalize(
    feasible.map((node) =>
      pod.topologySpread.length > 0
        ? counts.reduce((sum, { key, counts: c }) => sum + (c.get(node.facts.labels[key] ?? '') ?? 0), 0)
        : siblings(pod, node),
    ),
    true,
  );
  return feasible.map(
    (node, i) => resourceScore(pod, node) + imageScore(pod, node, nodes) + 3 * taints[i]! + 2 * affinity[i]! + 2 * spread[i]!,
  );
}
