import { type LabelMatcher, labelSelectorMatcher } from '@windlass/meta';
import type { NetworkPolicy, NetworkPolicyPeer } from '@windlass/resources';
import type { PodView } from './pod-view.ts';
import { type Direction, matchesOf, nameOf, type PodGroup, type PolicyRule } from './policy-rules.ts';

export interface SetContents {
  /** nft(8) declaration. */
  body: string;
  elements: readonly string[];
}

/** What the policy table holds beyond its fixed part. */
export interface PolicyPlan {
  sets: Map<string, SetContents>;
  chains: Map<string, string[]>;
  /** Pod address → chain that decides. */
  verdicts: Record<Direction, Map<string, string>>;
}

export interface PolicyInput {
  policies: readonly NetworkPolicy[];
  pods: readonly PodView[];
  namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  nodeName: string;
}

/**
 * Pure: the isolation of this node's pods. Pods with the same policies share a chain; a packet that no rule of them allows is dropped at
 * its end. Traffic between a pod and its own node is not a matter of policies (networking.k8s.io/v1 NetworkPolicy), so only forwarded
 * packets come here.
 */
export function planPolicies(input: PolicyInput): PolicyPlan {
  const plan: PolicyPlan = { sets: new Map(), chains: new Map(), verdicts: { ingress: new Map(), egress: new Map() } };
  if (input.policies.length === 0) return plan;
  const podsOf = peerPods(input);
  const addSet = (id: string, { body, elements }: SetContents): string => {
    const name = nameOf('s', body, id);
    plan.sets.set(name, { body, elements: [...new Set(elements)] });
    return name;
  };
  for (const direction of ['ingress', 'egress'] as const)
    for (const [subjects, policies] of isolated(input, direction)) {
      const matches = policies.flatMap((policy) =>
        rulesOf(policy, direction).flatMap((rule) =>
          matchesOf(rule, { direction, subjects, addSet, podsOf: (peer) => podsOf(policy.metadata.namespace ?? '', peer) }),
        ),
      );
      const rules = [...new Set(matches)].map((match) => `${match} return`.trim());
      const chain = nameOf(direction === 'ingress' ? 'in' : 'out', ...rules);
      plan.chains.set(chain, [...rules, 'drop']);
      for (const { ips } of subjects.pods) for (const ip of ips) plan.verdicts[direction].set(ip, chain);
    }
  return plan;
}

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): PolicyRule[] =>
  direction === 'ingress'
    ? (spec?.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }))
    : (spec?.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports }));

/** Without policyTypes, a policy isolates ingress, and egress when it has such rules. */
const isOf = ({ spec }: NetworkPolicy, direction: Direction): boolean =>
  spec?.policyTypes
    ? spec.policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress')
    : direction === 'ingress' || (spec?.egress?.length ?? 0) > 0;

/** This node's pods that some policy isolates, grouped by which ones. */
function isolated({ policies, pods, nodeName }: PolicyInput, direction: Direction): [PodGroup, NetworkPolicy[]][] {
  const selecting = policies
    .filter((policy) => isOf(policy, direction))
    .map((policy) => ({ policy, matcher: labelSelectorMatcher(policy.spec?.podSelector ?? {}) }));
  const groups = new Map<string, [{ id: string; pods: PodView[] }, NetworkPolicy[]]>();
  for (const pod of pods) {
    if (pod.nodeName !== nodeName) continue;
    const own = selecting.filter(
      ({ policy, matcher }) => policy.metadata.namespace === pod.namespace && matcher.matches(pod.labels),
    );
    if (own.length === 0) continue;
    const key = own.map(({ policy }) => `${policy.metadata.namespace}/${policy.metadata.name}`).join(' ');
    const group = groups.get(key) ?? [{ id: key, pods: [] }, own.map(({ policy }) => policy)];
    group[0].pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Pods that a peer means, remembered per selector: many rules name the same ones. */
function peerPods({ pods, namespaces }: PolicyInput) {
  const remembered = new Map<string, PodGroup>();
  return (own: string, { podSelector, namespaceSelector }: NetworkPolicyPeer): PodGroup => {
    const key = JSON.stringify([namespaceSelector ? '' : own, podSelector, namespaceSelector]);
    let found = remembered.get(key);
    if (!found) {
      const isPod: LabelMatcher = labelSelectorMatcher(podSelector ?? {});
      const isNamespace = namespaceSelector && labelSelectorMatcher(namespaceSelector);
      const members = pods.filter(
        (pod) =>
          (isNamespace ? isNamespace.matches(namespaces.get(pod.namespace) ?? {}) : pod.namespace === own) &&
          isPod.matches(pod.labels),
      );
      found = { id: key, pods: members };
      remembered.set(key, found);
    }
    return found;
  };
}
