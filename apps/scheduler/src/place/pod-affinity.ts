import { matchesSelector } from '@windlass/meta';
import type { PodAffinityTerm } from '@windlass/resources';
import { refuse } from './filters.ts';
import type { NamespaceLabels, NodeFacts, NodeState, PodFacts, Refusal } from './types.ts';

/** Does `candidate` count for a term of `owner`'s affinity? */
export function termSelects(term: PodAffinityTerm, owner: PodFacts, candidate: PodFacts, namespaces: NamespaceLabels): boolean {
  const named = term.namespaces ?? [];
  const inNamespace =
    named.length === 0 && !term.namespaceSelector
      ? candidate.namespace === owner.namespace
      : named.includes(candidate.namespace) ||
        (term.namespaceSelector !== undefined &&
          matchesSelector(term.namespaceSelector, namespaces.get(candidate.namespace) ?? {}));
  if (!inNamespace || !term.labelSelector || !matchesSelector(term.labelSelector, candidate.labels)) return false;
  const same = (key: string) => owner.labels[key] === candidate.labels[key];
  return (
    (term.matchLabelKeys ?? []).every((key) => owner.labels[key] === undefined || same(key)) &&
    (term.mismatchLabelKeys ?? []).every((key) => owner.labels[key] === undefined || !same(key))
  );
}

const requiredAffinity = (pod: PodFacts): readonly PodAffinityTerm[] =>
  pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
const requiredAnti = (pod: PodFacts): readonly PodAffinityTerm[] =>
  pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

/** Pods per topology domain (`key=value`). */
class Domains {
  readonly #counts: Map<string, number>;
  constructor(counts: ReadonlyMap<string, number> = new Map()) {
    this.#counts = new Map(counts);
  }
  get size(): number {
    return this.#counts.size;
  }
  copy(): Domains {
    return new Domains(this.#counts);
  }
  add(key: string, { labels }: NodeFacts, by: number): void {
    const value = labels[key];
    if (value === undefined) return;
    const domain = `${key}=${value}`;
    const next = (this.#counts.get(domain) ?? 0) + by;
    if (next > 0) this.#counts.set(domain, next);
    else this.#counts.delete(domain);
  }
  has(key: string, { labels }: NodeFacts): boolean {
    return labels[key] !== undefined && this.#counts.has(`${key}=${labels[key]}`);
  }
  /** Whether the node lies in any of the domains. */
  touches({ labels }: NodeFacts): boolean {
    for (const domain of this.#counts.keys()) {
      const at = domain.indexOf('=');
      if (labels[domain.slice(0, at)] === domain.slice(at + 1)) return true;
    }
    return false;
  }
}

/** InterPodAffinity's required rules for one pod: its own, and the anti-affinity of those that are there. */
export class AffinityState {
  readonly #pod: PodFacts;
  readonly #namespaces: NamespaceLabels;
  readonly #wanted: readonly PodAffinityTerm[];
  readonly #unwanted: readonly PodAffinityTerm[];
  readonly #near: Domains;
  readonly #far: Domains;
  /** Where those that are there do not want it. */
  readonly #barred: Domains;

  private constructor(pod: PodFacts, namespaces: NamespaceLabels, near: Domains, far: Domains, barred: Domains) {
    this.#pod = pod;
    this.#namespaces = namespaces;
    this.#wanted = requiredAffinity(pod);
    this.#unwanted = requiredAnti(pod);
    this.#near = near;
    this.#far = far;
    this.#barred = barred;
  }

  static of(pod: PodFacts, nodes: readonly NodeState[], namespaces: NamespaceLabels): AffinityState {
    const state = new AffinityState(pod, namespaces, new Domains(), new Domains(), new Domains());
    const hasOwn = state.#wanted.length + state.#unwanted.length > 0;
    for (const node of nodes) for (const other of (hasOwn ? node.pods : node.affine).values()) state.apply(other, node.facts, 1);
    return state;
  }

  copy(): AffinityState {
    return new AffinityState(this.#pod, this.#namespaces, this.#near.copy(), this.#far.copy(), this.#barred.copy());
  }

  /** `other` comes to (1) or leaves (-1) the node. */
  apply(other: PodFacts, node: NodeFacts, sign: 1 | -1): void {
    for (const term of requiredAnti(other))
      if (termSelects(term, other, this.#pod, this.#namespaces)) this.#barred.add(term.topologyKey, node, sign);
    // Only a pod that meets all terms counts, and for all of them.
    if (this.#wanted.length > 0 && this.#meetsAll(other))
      for (const term of this.#wanted) this.#near.add(term.topologyKey, node, sign);
    for (const term of this.#unwanted)
      if (termSelects(term, this.#pod, other, this.#namespaces)) this.#far.add(term.topologyKey, node, sign);
  }

  #meetsAll(other: PodFacts): boolean {
    return this.#wanted.every((term) => termSelects(term, this.#pod, other, this.#namespaces));
  }

  refusal(node: NodeFacts): Refusal | undefined {
    if (!this.#nearEnough(node)) return refuse("node(s) didn't match pod affinity rules", false);
    if (this.#unwanted.some((term) => this.#far.has(term.topologyKey, node)))
      return refuse("node(s) didn't match pod anti-affinity rules", true);
    if (this.#barred.size > 0 && this.#barred.touches(node))
      return refuse("node(s) didn't satisfy existing pods anti-affinity rules", true);
    return undefined;
  }

  #nearEnough(node: NodeFacts): boolean {
    if (this.#wanted.some((term) => node.labels[term.topologyKey] === undefined)) return false;
    if (this.#wanted.every((term) => this.#near.has(term.topologyKey, node))) return true;
    // The first pod of a group that selects itself may go anywhere.
    return this.#near.size === 0 && this.#meetsAll(this.#pod);
  }
}

/** Weight of what others require, in the score of InterPodAffinity (hardPodAffinityWeight). */
const HARD_WEIGHT = 1;

/** InterPodAffinity's score: preferences of the pod for others and of others for it, by topology domain. */
export function affinityScores(
  pod: PodFacts,
  feasible: readonly NodeState[],
  nodes: readonly NodeState[],
  namespaces: NamespaceLabels,
): number[] | undefined {
  const own = pod.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const ownAnti = pod.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const weights = new Map<string, Map<string, number>>();
  const add = (key: string, { labels }: NodeFacts, weight: number) => {
    const value = labels[key];
    if (value === undefined) return;
    const domains = weights.get(key) ?? new Map<string, number>();
    domains.set(value, (domains.get(value) ?? 0) + weight);
    weights.set(key, domains);
  };
  const hasOwn = own.length + ownAnti.length > 0;
  for (const { facts, pods, affine } of nodes)
    for (const other of (hasOwn ? pods : affine).values()) {
      const { podAffinity, podAntiAffinity } = other.affinity ?? {};
      for (const { podAffinityTerm: term, weight } of own)
        if (termSelects(term, pod, other, namespaces)) add(term.topologyKey, facts, weight);
      for (const { podAffinityTerm: term, weight } of ownAnti)
        if (termSelects(term, pod, other, namespaces)) add(term.topologyKey, facts, -weight);
      for (const term of podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
        if (termSelects(term, other, pod, namespaces)) add(term.topologyKey, facts, HARD_WEIGHT);
      for (const { podAffinityTerm: term, weight } of podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
        if (termSelects(term, other, pod, namespaces)) add(term.topologyKey, facts, weight);
      for (const { podAffinityTerm: term, weight } of podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
        if (termSelects(term, other, pod, namespaces)) add(term.topologyKey, facts, -weight);
    }
  if (weights.size === 0) return undefined;
  return feasible.map(({ facts }) => {
    let sum = 0;
    for (const [key, domains] of weights) sum += domains.get(facts.labels[key] ?? '') ?? 0;
    return sum;
  });
}
