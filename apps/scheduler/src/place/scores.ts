import { matchesNodeTerm, tolerates } from '@windlass/resources';
import { NONZERO } from './node-state.ts';
import { affinityScores } from './pod-affinity.ts';
import { SpreadState } from './topology-spread.ts';
import type { Cluster, NodeState, PodFacts } from './types.ts';

const MAX = 100;
const share = (amount: number, capacity: number): number => (capacity === 0 ? 1 : Math.min(1, amount / capacity));

/** LeastAllocated, 0..100: pods that request nothing count as small ones. */
export function leastAllocated(pod: PodFacts, { facts, nonzero }: NodeState): number {
  const free = (name: 'cpu' | 'memory') => {
    const capacity = facts.allocatable[name] ?? 0;
    const used = nonzero[name] + (pod.requests[name] || NONZERO[name]);
    return used > capacity || capacity === 0 ? 0 : Math.trunc(((capacity - used) * MAX) / capacity);
  };
  return Math.trunc((free('cpu') + free('memory')) / 2);
}

/** BalancedAllocation, 0..100: by what is really requested; a pod that requests nothing does not change it. */
export function balancedAllocation(pod: PodFacts, { facts, requested }: NodeState): number {
  if (!pod.requests.cpu && !pod.requests.memory) return 0;
  const cpu = share((requested.cpu ?? 0) + (pod.requests.cpu ?? 0), facts.allocatable.cpu ?? 0);
  const memory = share((requested.memory ?? 0) + (pod.requests.memory ?? 0), facts.allocatable.memory ?? 0);
  return Math.trunc((1 - Math.abs(cpu - memory) / 2) * MAX);
}

const MIN_IMAGE = 23 * 1024 * 1024;
const MAX_IMAGE = 1000 * 1024 * 1024;

/** ImageLocality: 0..100 by the bytes of the pod's images that are there, weighted by how many nodes have them. */
export function imageScores(pod: PodFacts, feasible: readonly NodeState[], nodes: readonly NodeState[]): number[] {
  if (!pod.images.some((image) => feasible.some(({ facts }) => facts.images.has(image)))) return feasible.map(() => 0);
  const spread = pod.images.map((image) => nodes.filter(({ facts }) => facts.images.has(image)).length / nodes.length);
  const max = MAX_IMAGE * pod.images.length;
  return feasible.map(({ facts }) => {
    let sum = 0;
    for (const [i, image] of pod.images.entries()) sum += (facts.images.get(image) ?? 0) * spread[i]!;
    return max === 0 ? 0 : Math.max(0, Math.trunc(((Math.min(sum, max) - MIN_IMAGE) / (max - MIN_IMAGE)) * MAX));
  });
}

const preferredNodes = (pod: PodFacts, node: NodeState): number =>
  pod.affinity!.nodeAffinity!.preferredDuringSchedulingIgnoredDuringExecution!.reduce(
    (sum, { weight, preference }) => sum + (matchesNodeTerm(preference, node.facts) ? weight : 0),
    0,
  );

const untoleratedPreferences = (pod: PodFacts, { facts: { taints } }: NodeState): number =>
  taints.length === 0
    ? 0
    : taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !pod.tolerations.some((t) => tolerates(t, taint))).length;

/** Scales raw values to 0..100; `reverse`: the least is best. */
export function normalize(values: readonly number[], reverse = false): number[] {
  const max = Math.max(...values, 0);
  const scaled = (value: number) => (max === 0 ? 0 : Math.trunc((value * MAX) / max));
  return values.map((value) => (reverse ? MAX - scaled(value) : scaled(value)));
}

/** Scales raw values, negative ones too, so that the least is 0 and the greatest 100. */
export function stretch(values: readonly number[]): number[] {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (max === min ? 0 : Math.trunc(((value - min) * MAX) / (max - min))));
}

/** PodTopologySpread's NormalizeScore: the emptiest domains are best; a node that lacks a topology key gets nothing. */
function emptiestFirst(crowds: readonly (number | undefined)[]): number[] {
  const known = crowds.filter((crowd) => crowd !== undefined);
  const [min, max] = [Math.min(...known), Math.max(...known)];
  return crowds.map((crowd) => (crowd === undefined ? 0 : max === 0 ? MAX : Math.trunc((MAX * (max + min - crowd)) / max)));
}

const ZONE = 'topology.kubernetes.io/zone';
/** maxSkew of the default constraints (systemDefaultConstraints): the greater, the less differences count. */
const ZONE_SKEW = 5;
const NODE_SKEW = 3;

/**
 * The built-in default of pods without constraints of their own: replicas of one controller are spread over zones and nodes. (kube-scheduler
 * finds them by the selectors of services and controllers; the controller alone is enough here.)
 */
function defaultSpread(controller: string, feasible: readonly NodeState[], nodes: readonly NodeState[]): number[] {
  const zones = new Map<string, number>();
  for (const { facts, siblings } of nodes) {
    const zone = facts.labels[ZONE];
    if (zone !== undefined) zones.set(zone, (zones.get(zone) ?? 0) + (siblings.get(controller) ?? 0));
  }
  const zonesOf = new Set(feasible.map(({ facts }) => facts.labels[ZONE]).filter((zone) => zone !== undefined));
  const perZone = Math.log(zonesOf.size + 2);
  const perNode = Math.log(feasible.length + 2);
  return emptiestFirst(
    feasible.map(({ facts, siblings }) => {
      const zone = facts.labels[ZONE];
      const ofZone = zone === undefined ? 0 : (zones.get(zone) ?? 0) * perZone + (ZONE_SKEW - 1);
      return Math.round((siblings.get(controller) ?? 0) * perNode + (NODE_SKEW - 1) + ofZone);
    }),
  );
}

function spreadScores(pod: PodFacts, feasible: readonly NodeState[], nodes: readonly NodeState[]): number[] {
  if (pod.topologySpread.length === 0)
    return pod.controller ? defaultSpread(pod.controller, feasible, nodes) : feasible.map(() => 0);
  const state = SpreadState.of(pod, nodes, 'ScheduleAnyway');
  return state.constraints.length === 0 ? feasible.map(() => 0) : emptiestFirst(state.crowds(feasible));
}

/** Total score per node of `feasible`, with kube-scheduler's default weights. Every part is a whole number, as there: what is nearly equal is equal. */
export function scores(pod: PodFacts, feasible: readonly NodeState[], { nodes, namespaces }: Cluster): number[] {
  const taints = normalize(
    feasible.map((node) => untoleratedPreferences(pod, node)),
    true,
  );
  const hasPreferred = pod.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length;
  const preferred = hasPreferred ? normalize(feasible.map((node) => preferredNodes(pod, node))) : undefined;
  const spread = spreadScores(pod, feasible, nodes);
  const near = affinityScores(pod, feasible, nodes, namespaces);
  const affinity = near && stretch(near);
  const images = imageScores(pod, feasible, nodes);
  return feasible.map(
    (node, i) =>
      leastAllocated(pod, node) +
      balancedAllocation(pod, node) +
      images[i]! +
      3 * taints[i]! +
      2 * (preferred?.[i] ?? 0) +
      2 * spread[i]! +
      2 * (affinity?.[i] ?? 0),
  );
}
