import type { Job, JobCondition } from '@windlass/resources';

export const TRACKING = 'batch.kubernetes.io/job-tracking';
const BUILT_IN = 'kubernetes.io/job-controller';

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true;
export const hasLimitPerIndex = ({ spec }: Job): boolean => spec.backoffLimitPerIndex !== undefined;
export const completionsOf = ({ spec }: Job): number => spec.completions ?? 0;

/** Another controller owns this Job's status (spec.managedBy). */
export const isManagedElsewhere = ({ spec }: Job): boolean => spec.managedBy !== undefined && spec.managedBy !== BUILT_IN;

/** A pod on its way out is replaced only once it has failed. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

export const jobCondition = (job: Job, type: string): JobCondition | undefined =>
  job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');

export const isJobFinished = (job: Job): boolean => !!(jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed'));

export const newJobCondition = (type: string, reason: string, message: string, time: string): JobCondition => ({
  type,
  status: 'True',
  lastProbeTime: time,
  lastTransitionTime: time,
  reason,
  message,
});

/** Sets a condition; an absent one is not added as False. @returns the same list when nothing changed */
export function ensureJobCondition(
  conditions: readonly JobCondition[],
  next: Pick<JobCondition, 'type' | 'status' | 'reason' | 'message'>,
  time: string,
): readonly JobCondition[] {
  const old = conditions.find((condition) => condition.type === next.type);
  if (!old && next.status === 'False') return conditions;
  if (old?.status === next.status && old?.reason === next.reason && old?.message === next.message) return conditions;
  const stamped = { ...next, lastProbeTime: time, lastTransitionTime: time };
  return old ? conditions.map((condition) => (condition === old ? stamped : condition)) : [...conditions, stamped];
}
