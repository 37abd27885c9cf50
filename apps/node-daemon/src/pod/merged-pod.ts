import type { Pod, PodCondition, PodStatus } from '@windlass/resources';
import { RESIZE_CONDITIONS } from './resize.ts';

/** The pod with our newest status; conditions of others are those that the server shows. */
export function withStatus(pod: Pod, ours: PodStatus | undefined): Pod {
  if (!ours) return pod;
  return { ...pod, status: { ...ours, conditions: mergedConditions(ours, pod.status) } };
}

/** Conditions of the node that go again: those that the server still shows are old. */
export const PASSING_CONDITIONS: ReadonlySet<string> = new Set(RESIZE_CONDITIONS);

/** Ours, and those of others. */
export const mergedConditions = (ours: PodStatus, theirs: PodStatus | undefined): PodCondition[] => [
  ...(ours.conditions ?? []),
  ...(theirs?.conditions ?? []).filter(
    ({ type }) => !PASSING_CONDITIONS.has(type) && !ours.conditions?.some((each) => each.type === type),
  ),
];

export const isTerminal = (status: PodStatus | undefined): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Milliseconds since 1970 at which the pod's activeDeadlineSeconds are over. */
export function deadlineOf(pod: Pod): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds;
  return seconds === undefined || !pod.status?.startTime ? undefined : Date.parse(pod.status.startTime) + seconds * 1000;
}
