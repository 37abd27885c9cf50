import { termMatches } from './node-affinity.ts';
import { untolerated } from './tolerations.ts';
import type { NodeFacts, PodFacts } from './types.ts';

/** nodeSelector and required node affinity. */
export function matchesNodeSelector(pod: PodFacts, node: NodeFacts): boolean {
  for (const [key, value] of Object.entries(pod.nodeSelector ?? {})) if (node.labels[key] !== value) return false;
  const required = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => termMatches(term, node));
}

/** Which nodes count for a topology spread constraint (nodeAffinityPolicy, nodeTaintsPolicy). */
export const podMayUse = (
  pod: PodFacts,
  node: NodeFacts,
  policies: { nodeAffinityPolicy?: string; nodeTaintsPolicy?: string },
): boolean =>
  (policies.nodeAffinityPolicy === 'Ignore' || matchesNodeSelector(pod, node)) &&
  (policies.nodeTaintsPolicy !== 'Honor' || !untolerated(node.taints, pod.tolerations, ['NoSchedule', 'NoExecute']));
