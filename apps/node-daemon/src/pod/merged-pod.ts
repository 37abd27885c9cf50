import type { Pod, PodStatus } from '@windlass/resources';

/** The pod with our newest status; conditions of others are those that the server shows. */
export function withStatus(pod: Pod, ours: PodStatus | undefined): Pod {
  if (!ours) return pod;
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !ours.conditions?.some((each) => each.type === type));
  return { ...pod, status: { ...ours, conditions: [...(ours.conditions ?? []), ...others] } };
}

export const isTerminal = (status: PodStatus | undefined): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Milliseconds since 1970 at which the pod's activeDeadlineSeconds are over. */
export function deadlineOf(pod: Pod): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds;
  return seconds === undefined || !pod.status?.startTime ? undefined : Date.parse(pod.status.startTime) + seconds * 1000;
}
