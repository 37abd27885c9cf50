import { isConditionTrue } from '@windlass/meta';
import type { Node, Pod } from '@windlass/resources';
import { isPodFinished } from '../shared/pods.ts';

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Somebody vouches that a node which is not ready will not come back by itself (KEP-2268). */
export const isOutOfService = ({ spec, status }: Node): boolean =>
  !isConditionTrue(status?.conditions, 'Ready') && (spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) ?? false);

const isEvicted = ({ status }: Pod): boolean => status?.phase === 'Failed' && status.reason === 'Evicted';
const rank = (pod: Pod): string => `${isEvicted(pod) ? 0 : 1} ${pod.metadata.creationTimestamp ?? ''} ${pod.metadata.name ?? ''}`;

/** Finished pods beyond `threshold` (0: any number may stay): the evicted first, then the oldest. */
export function surplusPods(all: readonly Pod[], threshold: number): Pod[] {
  if (threshold <= 0) return [];
  const finished = all.filter((pod) => isPodFinished(pod) && !pod.metadata.deletionTimestamp);
  if (finished.length <= threshold) return [];
  return finished.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, finished.length - threshold);
}
