import { matchesSelector } from '@windlass/meta';
import { matchesNodeSelector, untolerated } from '@windlass/resources';
import { refuse } from './filters.ts';
import type { NodeFacts, NodeState, PodFacts, Refusal } from './types.ts';

type Constraint = PodFacts['topologySpread'][number];

/** Which nodes count for a constraint (nodeAffinityPolicy, nodeTaintsPolicy). */
const counts = (pod: PodFacts, node: NodeFacts, { nodeAffinityPolicy, nodeTaintsPolicy }: Constraint): boolean =>
  (nodeAffinityPolicy === 'Ignore' || matchesNodeSelector(pod, node)) &&
  (nodeTaintsPolicy !== 'Honor' || !untolerated(node.taints, pod.tolerations, ['NoSchedule', 'NoExecute']));

const hasKeys = (node: NodeFacts, constraints: readonly Constraint[]): boolean =>
  constraints.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);

/** Whether a pod is one of those to be spread. Terminating ones are not: their place is free soon. */
const selects = ({ labelSelector, matchLabelKeys = [] }: Constraint, owner: PodFacts, other: PodFacts): boolean =>
  other.namespace === owner.namespace &&
  !other.terminating &&
  matchesSelector(labelSelector, other.labels) &&
  matchLabelKeys.every((key) => owner.labels[key] === undefined || owner.labels[key] === other.labels[key]);

/** Pods per value of each constraint's topology key, for the constraints of one kind. */
export class SpreadState {
  readonly #pod: PodFacts;
  readonly #constraints: readonly Constraint[];
  readonly #perDomain: readonly Map<string, number>[];

  private constructor(pod: PodFacts, constraints: readonly Constraint[], perDomain: readonly Map<string, number>[]) {
    this.#pod = pod;
    this.#constraints = constraints;
    this.#perDomain = perDomain;
  }

  /** @param when whenUnsatisfiable of the constraints that count here */
  static of(pod: PodFacts, nodes: readonly NodeState[], when: Constraint['whenUnsatisfiable']): SpreadState {
    const constraints = pod.topologySpread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when);
    const state = new SpreadState(
      pod,
      constraints,
      constraints.map(() => new Map()),
    );
    if (constraints.length === 0) return state;
    for (const { facts, pods } of nodes) {
      state.#eachDomain(facts, (domains, value) => domains.set(value, domains.get(value) ?? 0));
      for (const other of pods.values()) state.apply(other, facts, 1);
    }
    return state;
  }

  get constraints(): readonly Constraint[] {
    return this.#constraints;
  }

  copy(): SpreadState {
    return new SpreadState(
      this.#pod,
      this.#constraints,
      this.#perDomain.map((domains) => new Map(domains)),
    );
  }

  #eachDomain(node: NodeFacts, visit: (domains: Map<string, number>, value: string, constraint: Constraint) => void): void {
    if (!hasKeys(node, this.#constraints)) return;
    for (const [i, constraint] of this.#constraints.entries())
      if (counts(this.#pod, node, constraint)) visit(this.#perDomain[i]!, node.labels[constraint.topologyKey]!, constraint);
  }

  /** `other` comes to (1) or leaves (-1) the node. */
  apply(other: PodFacts, node: NodeFacts, sign: 1 | -1): void {
    if (this.#constraints.length === 0) return;
    this.#eachDomain(node, (domains, value, constraint) => {
      if (selects(constraint, this.#pod, other)) domains.set(value, (domains.get(value) ?? 0) + sign);
    });
  }

  /** PodTopologySpread, whenUnsatisfiable DoNotSchedule. */
  refusal(node: NodeFacts): Refusal | undefined {
    for (const [i, constraint] of this.#constraints.entries()) {
      const value = node.labels[constraint.topologyKey];
      if (value === undefined)
        return refuse("node(s) didn't match pod topology spread constraints (missing required label)", false);
      const domains = this.#perDomain[i]!;
      const least = domains.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...domains.values());
      const self = selects(constraint, this.#pod, { ...this.#pod, terminating: false }) ? 1 : 0;
      if ((domains.get(value) ?? 0) + self - least > constraint.maxSkew)
        return refuse("node(s) didn't match pod topology spread constraints", true);
    }
    return undefined;
  }

  /**
   * Per node: the more pods in its domains the more, keys of many values weighing more; undefined for a node that lacks a key (scoreForCount).
   * @param feasible the nodes to choose from; their values alone count for the weights
   */
  crowds(feasible: readonly NodeState[]): (number | undefined)[] {
    const known = feasible.filter(({ facts }) => hasKeys(facts, this.#constraints));
    const weights = this.#constraints.map(({ topologyKey }) =>
      Math.log(new Set(known.map(({ facts }) => facts.labels[topologyKey])).size + 2),
    );
    return feasible.map(({ facts }) => {
      if (!hasKeys(facts, this.#constraints)) return undefined;
      let sum = 0;
      for (const [i, { topologyKey, maxSkew }] of this.#constraints.entries())
        sum += (this.#perDomain[i]!.get(facts.labels[topologyKey]!) ?? 0) * weights[i]! + (maxSkew - 1);
      return Math.round(sum);
    });
  }
}
