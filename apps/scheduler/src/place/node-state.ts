import type { NodeFacts, NodeState, PodFacts } from './types.ts';

/** Requests that count for scoring when a pod has none (GetNonzeroRequests): 100m and 200 MiB. */
export const NONZERO = { cpu: 100, memory: 200 * 1024 * 1024 } as const;

export const emptyNode = (facts: NodeFacts): NodeState => ({
  facts,
  pods: new Map(),
  requested: {},
  nonzero: { cpu: 0, memory: 0 },
  affine: new Map(),
  siblings: new Map(),
  nominated: new Map(),
});

/** To try things on. Facts are shared. */
export const copyOf = (node: NodeState): NodeState => ({
  facts: node.facts,
  pods: new Map(node.pods),
  requested: { ...node.requested },
  nonzero: { ...node.nonzero },
  affine: new Map(node.affine),
  siblings: new Map(node.siblings),
  nominated: node.nominated,
});

function count(node: NodeState, pod: PodFacts, sign: 1 | -1): void {
  for (const [name, amount] of Object.entries(pod.requests)) node.requested[name] = (node.requested[name] ?? 0) + sign * amount;
  node.nonzero.cpu += sign * (pod.requests.cpu || NONZERO.cpu);
  node.nonzero.memory += sign * (pod.requests.memory || NONZERO.memory);
  if (!pod.controller) return;
  const siblings = (node.siblings.get(pod.controller) ?? 0) + sign;
  if (siblings > 0) node.siblings.set(pod.controller, siblings);
  else node.siblings.delete(pod.controller);
}

/** Adds a pod to a node's books. */
export function assume(node: NodeState, pod: PodFacts): void {
  node.pods.set(pod.uid, pod);
  if (pod.affinity?.podAffinity ?? pod.affinity?.podAntiAffinity) node.affine.set(pod.uid, pod);
  count(node, pod, 1);
}

/** Takes a pod off a node's books; nothing happens when it is not there. */
export function forget(node: NodeState, uid: string): void {
  const pod = node.pods.get(uid);
  if (!pod) return;
  node.pods.delete(uid);
  node.affine.delete(uid);
  count(node, pod, -1);
}
