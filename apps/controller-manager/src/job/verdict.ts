import type { Job, JobCondition, Pod } from '@windlass/resources';
import { hasFailed, type JobFacts } from './facts.ts';
import { matchFailurePolicy } from './failure-policy.ts';
import { completionsOf, hasLimitPerIndex, isIndexed, isSuspended, jobCondition, newJobCondition } from './spec.ts';
import { matchSuccessPolicy } from './success-policy.ts';

/** MaxInt32 − the default when a limit per index is given: no common limit. */
const NO_LIMIT = 2 ** 31 - 1;

const failureMessage = (job: Job, pods: readonly Pod[]): string | undefined => {
  const policy = job.spec.podFailurePolicy;
  if (!policy) return undefined;
  for (const pod of pods) {
    const match = hasFailed(pod, job) ? matchFailurePolicy(policy, pod) : undefined;
    if (match?.message) return match.message;
  }
  return undefined;
};

/** With restartPolicy OnFailure the containers' restarts count against the limit. */
function restartsExceeded(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter((pod) => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending')
    .flatMap((pod) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])])
    .reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Milliseconds until activeDeadlineSeconds (≤ 0: passed); undefined where none runs. */
export function activeDeadlineMs(job: Job, startTime: string | undefined, now: number): number | undefined {
  const seconds = job.spec.activeDeadlineSeconds;
  if (seconds === undefined || isSuspended(job) || !startTime) return undefined;
  return Date.parse(startTime) + seconds * 1000 - now;
}

/**
 * Whether the Job is over, before its pods are managed: the interim condition (SuccessCriteriaMet or FailureTarget) under which its active
 * pods are ended; undefined when it goes on. (job_controller.go syncJob)
 */
export function verdict(
  job: Job,
  facts: JobFacts,
  startTime: string | undefined,
  now: number,
  time: string,
): JobCondition | undefined {
  const had = jobCondition(job, 'SuccessCriteriaMet') ?? jobCondition(job, 'FailureTarget');
  if (had) return had;
  const failure = (reason: string, message: string) => newJobCondition('FailureTarget', reason, message, time);
  const policyMessage = failureMessage(job, facts.pods);
  if (policyMessage) return failure('PodFailurePolicy', policyMessage);
  const limit = job.spec.backoffLimit ?? (hasLimitPerIndex(job) ? NO_LIMIT : 6);
  if (facts.failed > limit || restartsExceeded(job, facts.pods, limit))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if ((activeDeadlineMs(job, startTime, now) ?? 1) <= 0)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (!isIndexed(job)) return undefined;
  const { failedIndexes, succeededIndexes } = facts;
  const allowed = job.spec.maxFailedIndexes;
  if (allowed !== undefined && failedIndexes.size > allowed)
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (failedIndexes.size > 0 && failedIndexes.size + succeededIndexes.size >= completionsOf(job))
    return failure('FailedIndexes', 'Job has failed indexes');
  const met = matchSuccessPolicy(job.spec.successPolicy, completionsOf(job), succeededIndexes);
  return met === undefined ? undefined : newJobCondition('SuccessCriteriaMet', 'SuccessPolicy', met, time);
}

/** Enough pods succeeded and none is active any more. */
export function isJobComplete(job: Job, succeeded: number, active: number): boolean {
  if (active > 0) return false;
  return job.spec.completions === undefined ? succeeded > 0 : succeeded >= job.spec.completions;
}
