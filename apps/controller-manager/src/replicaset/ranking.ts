import type { Pod } from '@windlass/resources';
import { isPodReady, podCondition } from '../shared/pods.ts';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const COST = 'controller.kubernetes.io/pod-deletion-cost';

const cost = (pod: Pod): number => {
  const text = pod.metadata.annotations?.[COST];
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : 0;
};

const restarts = (pod: Pod): number =>
  Math.max(0, ...[...(pod.status?.containerStatuses ?? [])].map((status) => status.restartCount ?? 0));

/** Logarithmic age buckets (KEP-2185): pods of about the same age are as good as each other and fall by uid. */
const ageBucket = (time: string | null | undefined, now: number): number => {
  if (!time) return -2;
  const age = now - Date.parse(time);
  return age <= 0 ? -1 : Math.floor(Math.log2(age * 1e6));
};

/** Smaller age first (younger pods go first); undefined when the buckets are equal. */
function byAge(a: Pod, b: Pod, ta: string | null | undefined, tb: string | null | undefined, now: number): number {
  const ba = ageBucket(ta, now);
  const bb = ageBucket(tb, now);
  if (ba !== bb) return ba - bb;
  return (a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1;
}

/**
 * Which pods go first (controller.ActivePodsWithRanks): not assigned, pending, not ready, cheap to delete, crowded on their node, lately
 * ready, often restarted, young. `related` are the active pods of all sibling sets, whose count per node makes the crowding.
 */
export function deletionOrder(pods: readonly Pod[], related: readonly Pod[], now: number): Pod[] {
  const perNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const rank = (pod: Pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0;
  return [...pods].sort((a, b) => {
    const assigned = Number(!!a.spec.nodeName) - Number(!!b.spec.nodeName);
    if (assigned) return assigned;
    const phase = (PHASES[a.status?.phase ?? 'Pending'] ?? 0) - (PHASES[b.status?.phase ?? 'Pending'] ?? 0);
    if (phase) return phase;
    const ready = Number(isPodReady(a)) - Number(isPodReady(b));
    if (ready) return ready;
    if (cost(a) !== cost(b)) return cost(a) - cost(b);
    if (rank(a) !== rank(b)) return rank(b) - rank(a);
    const readyAt = (pod: Pod) => podCondition(pod, 'Ready')?.lastTransitionTime;
    if (isPodReady(a) && isPodReady(b) && readyAt(a) !== readyAt(b)) return byAge(a, b, readyAt(a), readyAt(b), now);
    if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a);
    if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp)
      return byAge(a, b, a.metadata.creationTimestamp, b.metadata.creationTimestamp, now);
    return 0;
  });
}
