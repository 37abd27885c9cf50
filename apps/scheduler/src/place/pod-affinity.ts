import { matchesSelector } from '@windlass/meta';
import type { PodAffinityTerm } from '@windlass/resources';
import type { NodeState, PodFacts } from './types.ts';

/** Namespace labels, for namespaceSelector. */
export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

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

const domainHas = (nodes: Iterable<NodeState>, key: string, value: string, test: (pod: PodFacts) => boolean): boolean => {
  for (const node of nodes)
    if (node.facts.labels[key] === value) for (const pod of node.pods.values()) if (test(pod)) return true;
  return false;
};

/** Required inter-pod affinity and anti-affinity, both the pod's own and that of the pods already placed (KEP-895's predecessor, InterPodAffinity). @returns the failed rule in kube-scheduler's words */
export function podAffinityFailure(
  pod: PodFacts,
  node: NodeState,
  nodes: readonly NodeState[],
  namespaces: NamespaceLabels,
): string | undefined {
  for (const term of pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    const value = node.facts.labels[term.topologyKey];
    if (value === undefined) return "node(s) didn't match pod affinity rules";
    if (domainHas(nodes, term.topologyKey, value, (other) => termSelects(term, pod, other, namespaces))) continue;
    // The first pod of a group that selects itself may go anywhere.
    const anywhere = nodes.some((n) => [...n.pods.values()].some((other) => termSelects(term, pod, other, namespaces)));
    if (anywhere || !termSelects(term, pod, pod, namespaces)) return "node(s) didn't match pod affinity rules";
  }
  for (const term of pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    const value = node.facts.labels[term.topologyKey];
    if (value !== undefined && domainHas(nodes, term.topologyKey, value, (other) => termSelects(term, pod, other, namespaces)))
      return "node(s) didn't match pod anti-affinity rules";
  }
  for (const other of nodes)
    for (const placed of other.pods.values())
      for (const term of placed.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
        const value = other.facts.labels[term.topologyKey];
        if (value !== undefined && node.facts.labels[term.topologyKey] === value && termSelects(term, placed, pod, namespaces))
          return "node(s) didn't satisfy existing pods anti-affinity rules";
      }
  return undefined;
}
