import { matchesNodeSelector, tolerates, untolerated } from '@windlass/resources';
import type { NodeState, PodFacts, Refusal } from './types.ts';

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' as const };

const HARD = ['NoSchedule', 'NoExecute'];

/** NodePorts: `0.0.0.0` collides with every address. */
export function portsCollide(wanted: readonly string[], used: readonly string[]): boolean {
  const split = (port: string) => port.split('/') as [string, string, string];
  return wanted.some((a) =>
    used.some((b) => {
      const [protocolA, ipA, portA] = split(a);
      const [protocolB, ipB, portB] = split(b);
      return protocolA === protocolB && portA === portB && (ipA === ipB || ipA === '0.0.0.0' || ipB === '0.0.0.0');
    }),
  );
}

export const refuse = (reason: string, resolvable: boolean): Refusal => ({ reasons: [reason], resolvable });

/** NodeResourcesFit: resources of which the node has too little left. What exceeds the whole node no preemption can help. */
export function insufficient(pod: PodFacts, node: NodeState): Refusal | undefined {
  let reasons: string[] | undefined;
  let resolvable = true;
  const { allocatable } = node.facts;
  if (node.pods.size + 1 > (allocatable.pods ?? 0)) reasons = ['Too many pods'];
  for (const name in pod.requests) {
    const amount = pod.requests[name]!;
    if (amount <= 0 || amount <= (allocatable[name] ?? 0) - (node.requested[name] ?? 0)) continue;
    reasons ??= [];
    reasons.push(`Insufficient ${name}`);
    if (amount > (allocatable[name] ?? 0)) resolvable = false;
  }
  return reasons && { reasons, resolvable };
}

/** The node-local filters of kube-scheduler's default profile, in its order. */
export function nodeRefusal(pod: PodFacts, node: NodeState): Refusal | undefined {
  const { facts } = node;
  if (facts.unschedulable && !pod.tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE)))
    return refuse('node(s) were unschedulable', false);
  if (pod.nodeName && pod.nodeName !== facts.name) return refuse("node(s) didn't match the requested node name", false);
  if (facts.taints.length > 0 && untolerated(facts.taints, pod.tolerations, HARD))
    return refuse('node(s) had untolerated taint(s)', false);
  if ((pod.nodeSelector || pod.affinity?.nodeAffinity) && !matchesNodeSelector(pod, facts))
    return refuse("node(s) didn't match Pod's node affinity/selector", false);
  if (pod.hostPorts.length > 0) {
    const used = [...node.pods.values()].flatMap((other) => other.hostPorts);
    if (portsCollide(pod.hostPorts, used)) return refuse("node(s) didn't have free ports for the requested pod ports", true);
  }
  return insufficient(pod, node);
}
