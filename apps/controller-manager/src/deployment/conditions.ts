import type { Deployment, DeploymentCondition, DeploymentStatus } from '@windlass/resources';

export const condition = (status: DeploymentStatus | undefined, type: string): DeploymentCondition | undefined =>
  status?.conditions?.find((c) => c.type === type);

export const newCondition = (
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  time: string,
): DeploymentCondition => ({ type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message });

/** Sets a condition; one with the same status and reason stays as it is, one with the same status keeps its transition time. */
export function withCondition(
  conditions: readonly DeploymentCondition[] | undefined,
  next: DeploymentCondition,
  refresh = false,
): DeploymentCondition[] {
  const old = conditions?.find((c) => c.type === next.type);
  if (!refresh && old?.status === next.status && old.reason === next.reason) return [...(conditions ?? [])];
  const kept = old?.status === next.status ? { ...next, lastTransitionTime: old.lastTransitionTime } : next;
  return [...withoutCondition(conditions, next.type), kept];
}

export const withoutCondition = (conditions: readonly DeploymentCondition[] | undefined, type: string): DeploymentCondition[] =>
  (conditions ?? []).filter((c) => c.type !== type);

/** MaxInt32 stands for no deadline. */
export const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1;
