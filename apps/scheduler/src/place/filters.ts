import { matchesNodeSelector, untolerated } from '@windlass/resources';
import type { NodeState, PodFacts } from './types.ts';

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' as const };

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

/** Resources of which the node has too little left, as kube-scheduler names them. */
export function insufficient(pod: PodFacts, node: NodeState): string[] {
  const short: string[] = [];
  const { allocatable } = node.facts;
  if (node.pods.size + 1 > (allocatable.pods ?? 0)) short.push('Too many pods');
  for (const [name, amount] of Object.entries(pod.requests)) {
    if (amount > 0 && amount > (allocatable[name] ?? 0) - (node.requested[name] ?? 0)) short.push(`Insufficient ${name}`);
  }
  return short;
}

/** The node-local filters of kube-scheduler's default profile, in its order. @returns reasons why the pod cannot go there; empty when it can */
export function nodeFailures(pod: PodFacts, node: NodeState): string[] {
  const { facts } = node;
  if (facts.unschedulable && !pod.tolerations.some((t) => t.operator === 'Exists' && (!t.key || t.key === UNSCHEDULABLE.key)))
    return ['node(s) were unschedulable'];
  if (pod.nodeName && pod.nodeName !== facts.name) return ["node(s) didn't match the requested node name"];
  const taint = untolerated(facts.taints, pod.tolerations, ['NoSchedule', 'NoExecute']);
  if (taint) return [`node(s) had untolerated taint(s)`];
  if (!matchesNodeSelector(pod, facts)) return ["node(s) didn't match Pod's node affinity/selector"];
  if (pod.hostPorts.length > 0) {
    const used = [...node.pods.values()].flatMap((other) => other.hostPorts);
    if (portsCollide(pod.hostPorts, used)) return ["node(s) didn't have free ports for the requested pod ports"];
  }
  return insufficient(pod, node);
}
