import { isEmptySelector, matchesSelector } from '@windlass/meta';
import type { FilterState } from './filter-state.ts';
import { assume, copyOf, forget } from './node-state.ts';
import type { Budget, Cluster, NodeState, PodFacts, Refusal } from './types.ts';
import { isRefusal } from './volumes.ts';

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

/** Pods that would have to go from one node. */
export interface Candidate {
  node: NodeState;
  /** Most important first. */
  victims: readonly PodFacts[];
  /** How many of them a disruption budget protects. */
  violations: number;
}

export type Preemption = { node: string; victims: readonly PodFacts[] } | { message: string };

/** MoreImportantPod: higher priority, then longer running. */
const byImportance = (a: PodFacts, b: PodFacts): number => b.priority - a.priority || a.startedAt - b.startedAt;

/** Splits pods into those whose removal a budget forbids and the others; every one of a budget's pods uses it up (filterPodsWithPDBViolation). */
export function splitByBudgets(
  pods: readonly PodFacts[],
  budgets: readonly Budget[],
): { violating: PodFacts[]; free: PodFacts[] } {
  const left = budgets.map(({ allowed }) => allowed);
  const violating: PodFacts[] = [];
  const free: PodFacts[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const [i, { namespace, selector, disrupted }] of budgets.entries()) {
      if (Object.keys(pod.labels).length === 0 || namespace !== pod.namespace || isEmptySelector(selector)) continue;
      if (!matchesSelector(selector, pod.labels) || disrupted.has(pod.name)) continue;
      left[i]!--;
      if (left[i]! < 0) violates = true;
    }
    (violates ? violating : free).push(pod);
  }
  return { violating, free };
}

/** The fewest pods of lower priority that must leave a node (SelectVictimsOnNode). @returns a refusal when even without all of them there is no room */
export function victimsOn(node: NodeState, state: FilterState, budgets: readonly Budget[]): Candidate | Refusal {
  const { pod } = state;
  const trial = copyOf(node);
  const books = state.copy();
  const move = (other: PodFacts, sign: 1 | -1) => {
    if (sign === 1) assume(trial, other);
    else forget(trial, other.uid);
    books.apply(other, node.facts, sign);
  };
  const lower = [...node.pods.values()].filter((other) => other.priority < pod.priority).sort(byImportance);
  if (lower.length === 0) return { reasons: [NO_VICTIMS], resolvable: false };
  for (const other of lower) move(other, -1);
  const emptied = books.checkWithNominated(trial);
  if (isRefusal(emptied)) return emptied;
  const victims: PodFacts[] = [];
  const mustGo = (other: PodFacts): boolean => {
    move(other, 1);
    if (!isRefusal(books.checkWithNominated(trial))) return false;
    move(other, -1);
    victims.push(other);
    return true;
  };
  const { violating, free } = splitByBudgets(lower, budgets);
  const violations = violating.filter(mustGo).length;
  for (const other of free) mustGo(other);
  return { node, victims: victims.sort(byImportance), violations };
}

/** Of several the one that hurts least (pickOneNodeForPreemption); earlier ones among equals. */
export function leastHarm(candidates: readonly Candidate[]): Candidate | undefined {
  const top = ({ victims }: Candidate) => victims[0]?.priority ?? Number.NEGATIVE_INFINITY;
  // Priorities are moved to above zero, so that more victims weigh more.
  const sum = ({ victims }: Candidate) => victims.reduce((total, { priority }) => total + priority + 2 ** 31, 0);
  const started = (candidate: Candidate) =>
    Math.min(...candidate.victims.filter(({ priority }) => priority === top(candidate)).map(({ startedAt }) => startedAt));
  const ranks: ((candidate: Candidate) => number)[] = [
    ({ violations }) => violations,
    top,
    sum,
    ({ victims }) => victims.length,
    (candidate) => -started(candidate),
  ];
  let best = [...candidates];
  for (const rank of ranks) {
    if (best.length <= 1) break;
    const values = best.map(rank);
    const least = Math.min(...values);
    best = best.filter((_, i) => values[i] === least);
  }
  return best[0];
}

/** kube-scheduler's minCandidateNodesPercentage and minCandidateNodesAbsolute. */
const enough = (nodes: number): number => Math.max(100, Math.ceil(nodes / 10));

function ineligible({ preempts, nominatedNode, priority }: PodFacts, { nodes }: Cluster, refusals: ReadonlyMap<string, Refusal>) {
  if (!preempts) return 'not eligible due to preemptionPolicy=Never.';
  if (nominatedNode === undefined || refusals.get(nominatedNode)?.resolvable === false) return undefined;
  const node = nodes.find(({ facts }) => facts.name === nominatedNode);
  for (const other of node?.pods.values() ?? [])
    if (other.preempted && other.priority < priority) return 'not eligible due to a terminating pod on the nominated node.';
  return undefined;
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` as kube-scheduler words it. */
export function unavailableMessage(nodeCount: number, refusals: Iterable<Refusal>): string {
  const counts = new Map<string, number>();
  for (const { reasons } of refusals) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${parts.join(', ')}.`;
}

/**
 * Finds room for a pod that fits nowhere by pushing out pods of lower priority (DefaultPreemption).
 * @param refusals why each node was refused
 * @param state undefined when no node was looked at, because nothing about nodes helps
 */
export function preempt(
  pod: PodFacts,
  state: FilterState | undefined,
  refusals: ReadonlyMap<string, Refusal>,
  cluster: Cluster,
): Preemption {
  const no = ineligible(pod, cluster, refusals);
  if (no) return { message: `preemption: ${no}` };
  const { nodes, budgets } = cluster;
  const outcomes: Refusal[] = [];
  const candidates: Candidate[] = [];
  for (const node of nodes) {
    if (!state || !refusals.get(node.facts.name)?.resolvable) {
      outcomes.push({ reasons: [NOT_HELPFUL], resolvable: false });
      continue;
    }
    if (candidates.length >= enough(nodes.length)) break;
    const found = victimsOn(node, state, budgets);
    if ('victims' in found) candidates.push(found);
    else outcomes.push(found);
  }
  const best = leastHarm(candidates);
  if (best) return { node: best.node.facts.name, victims: best.victims };
  return { message: `preemption: ${unavailableMessage(nodes.length, outcomes)}` };
}
