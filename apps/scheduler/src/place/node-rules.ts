import { matchesNodeSelector, untolerated } from '@windlass/resources';
import type { NodeFacts, PodFacts } from './types.ts';

/** Which nodes count for a topology spread constraint (nodeAffinityPolicy, nodeTaintsPolicy). */
export const podMayUse = (
  pod: PodFacts,
  node: NodeFacts,
  policies: { nodeAffinityPolicy?: string; nodeTaintsPolicy?: string },
): boolean =>
  (policies.nodeAffinityPolicy === 'Ignore' || matchesNodeSelector(pod, node)) &&
  (policies.nodeTaintsPolicy !== 'Honor' || !untolerated(node.taints, pod.tolerations, ['NoSchedule', 'NoExecute']));
