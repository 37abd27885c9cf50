import type { Pod, PodCondition } from '@windlass/resources';

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type);

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

export const isPodFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Counts as a replica: neither finished nor on its way out. */
export const isPodActive = (pod: Pod): boolean => !isPodFinished(pod) && !pod.metadata.deletionTimestamp;

/** On its way out and not finished: what `terminatingReplicas` counts. */
export const isPodTerminating = (pod: Pod): boolean => !isPodFinished(pod) && !!pod.metadata.deletionTimestamp;

/** Ready for at least `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  const wait = availableInMs(pod, minReadySeconds, now);
  return wait !== undefined && wait <= 0;
}

/** Milliseconds until a ready pod is available (≤ 0: it is); undefined while it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  return ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - now : undefined;
}
