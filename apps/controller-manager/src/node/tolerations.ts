import { type Taint, type Toleration, tolerates } from '@windlass/resources';

/**
 * How long a pod may stay under NoExecute taints, in seconds from each taint: undefined for ever, 0 not at all. The shortest of the
 * tolerations that apply counts.
 */
export function staySeconds(taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined {
  let shortest: number | undefined;
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined)
        shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds));
  }
  return shortest;
}
