import type { Job, JobCondition, JobStatus, Pod } from '@windlass/resources';
import { countsAsFailure, hasFailed, isTracked, type JobFacts } from './facts.ts';
import { formatIndexes, indexOf } from './indexes.ts';
import { completionsOf, hasLimitPerIndex, isIndexed } from './spec.ts';

const MAX_UNCOUNTED = 500;

/** One step of counting: `status` is written first, then the pods in `release` lose their finalizer. */
export interface CountStep {
  status: JobStatus;
  release: Pod[];
  /** There are more pods than one step takes. */
  partial: boolean;
}

/** Takes into the totals what no longer has a finalizer: it cannot be counted twice. */
export function settle(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const leftSucceeded = succeeded.filter((uid) => tracked.has(uid));
  const leftFailed = failed.filter((uid) => tracked.has(uid));
  const total = (count: number | undefined, all: string[], left: string[]) => (count ?? 0) + all.length - left.length || count;
  return {
    ...status,
    succeeded: total(status.succeeded, succeeded, leftSucceeded),
    failed: total(status.failed, failed, leftFailed),
    uncountedTerminatedPods: uncounted(leftSucceeded, leftFailed),
  };
}

const uncounted = (succeeded: string[], failed: string[]): JobStatus['uncountedTerminatedPods'] => ({
  ...(succeeded.length > 0 ? { succeeded } : {}),
  ...(failed.length > 0 ? { failed } : {}),
});

export const trackedUids = (facts: JobFacts): Set<string> =>
  new Set(facts.pods.filter((pod) => isTracked(pod, facts.released)).map((pod) => pod.metadata.uid as string));

/**
 * Notes ended pods in the status before their finalizers go, so that each counts exactly once whatever fails in between.
 * (job_controller.go trackJobStatusAndRemoveFinalizers)
 */
export function countPods(job: Job, facts: JobFacts, finished: JobCondition | undefined): CountStep {
  const status = settle(job.status ?? {}, trackedUids(facts));
  const succeeded = [...(status.uncountedTerminatedPods?.succeeded ?? [])];
  const failed = [...(status.uncountedTerminatedPods?.failed ?? [])];
  const completions = completionsOf(job);
  const newIndexes = new Set<number>();
  const release: Pod[] = [];
  let partial = false;
  const ordered = isIndexed(job)
    ? [...facts.pods].sort((a, b) => (indexOf(a, completions) ?? completions) - (indexOf(b, completions) ?? completions))
    : facts.pods;
  for (const pod of ordered) {
    if (!isTracked(pod, facts.released) || !mayRelease(job, facts, pod, finished)) continue;
    const uid = pod.metadata.uid as string;
    const index = indexOf(pod, completions);
    release.push(pod);
    if (pod.status?.phase === 'Succeeded' && !failed.includes(uid)) {
      if (!isIndexed(job)) {
        if (!succeeded.includes(uid)) succeeded.push(uid);
      } else if (index !== undefined && !facts.recordedIndexes.has(index)) newIndexes.add(index);
    } else if (hasFailed(pod, job) || (finished && finished.type === 'FailureTarget')) {
      const counted = !failed.includes(uid) && (!isIndexed(job) || index !== undefined);
      if (counted && countsAsFailure(pod, job)) failed.push(uid);
    }
    if (newIndexes.size + succeeded.length + failed.length >= MAX_UNCOUNTED) {
      partial = true;
      break;
    }
  }
  const next: JobStatus = { ...status, uncountedTerminatedPods: uncounted(succeeded, failed) };
  if (isIndexed(job)) {
    const indexes = new Set([...facts.recordedIndexes, ...newIndexes]);
    next.succeeded = indexes.size || status.succeeded;
    next.completedIndexes = formatIndexes(indexes) || undefined;
    if (hasLimitPerIndex(job)) next.failedIndexes = formatIndexes(facts.failedIndexes);
  }
  return { status: next, release, partial };
}

function mayRelease(job: Job, facts: JobFacts, pod: Pod, finished: JobCondition | undefined): boolean {
  if (job.metadata.deletionTimestamp || finished || pod.status?.phase === 'Succeeded') return true;
  if (!hasFailed(pod, job)) return false;
  const index = indexOf(pod, completionsOf(job));
  return index === undefined || facts.kept.get(index)?.metadata.uid !== pod.metadata.uid;
}
