import type { Job, Pod } from '@windlass/resources';
import { isPodActive, isPodReady, isPodTerminating } from '../shared/pods.ts';
import { finishedAt } from './backoff.ts';
import { matchFailurePolicy } from './failure-policy.ts';
import { indexOf, parseIndexes } from './indexes.ts';
import { completionsOf, hasLimitPerIndex, isIndexed, replacesOnlyFailed, TRACKING } from './spec.ts';

/** What a Job's pods amount to at one look. */
export interface JobFacts {
  pods: readonly Pod[];
  active: readonly Pod[];
  /** Ended since they were last counted. */
  newSucceeded: readonly Pod[];
  newFailed: readonly Pod[];
  succeeded: number;
  failed: number;
  ready: number;
  terminating: number;
  /** Indexed Jobs: indexes that the status has, and those with the new ones. */
  recordedIndexes: ReadonlySet<number>;
  succeededIndexes: ReadonlySet<number>;
  /** With backoffLimitPerIndex. */
  failedIndexes: ReadonlySet<number>;
  /** Per index the failed pod whose failure count its replacement goes on with; it stays until that exists. */
  kept: ReadonlyMap<number, Pod>;
  /** Pods whose finalizer is known to be gone although the cache still shows it. */
  released: ReadonlySet<string>;
}

const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count';
const numberIn = (pod: Pod, name: string): number => Number(pod.metadata.annotations?.[name] ?? 0) || 0;

/** Failed, or (unless only failed pods are replaced) deleted before it could end. */
export const hasFailed = (pod: Pod, job: Job): boolean =>
  pod.status?.phase === 'Failed' ||
  (!replacesOnlyFailed(job) && !!pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded');

export const countsAsFailure = (pod: Pod, job: Job): boolean =>
  !job.spec.podFailurePolicy || matchFailurePolicy(job.spec.podFailurePolicy, pod).counts;

/** Counted and ignored failures of an index so far, when `replaced` is its last failed pod. */
export function indexFailureAnnotations(job: Job, replaced: Pod | undefined): Record<string, string> {
  if (!replaced) return { [FAILURES]: '0' };
  const counts = countsAsFailure(replaced, job);
  const ignored = numberIn(replaced, IGNORED) + (counts ? 0 : 1);
  const failures = numberIn(replaced, FAILURES) + (counts ? 1 : 0);
  return { [FAILURES]: String(failures), ...(ignored > 0 ? { [IGNORED]: String(ignored) } : {}) };
}

/** All failures of the index up to and with this pod's. */
export const absoluteFailures = (pod: Pod): number => numberIn(pod, FAILURES) + numberIn(pod, IGNORED);

function isIndexFailed(pod: Pod, job: Job): boolean {
  if (!hasFailed(pod, job)) return false;
  const match = job.spec.podFailurePolicy && matchFailurePolicy(job.spec.podFailurePolicy, pod);
  if (match?.action === 'FailIndex') return true;
  return (match?.counts ?? true) && numberIn(pod, FAILURES) >= (job.spec.backoffLimitPerIndex ?? 0);
}

export const isTracked = (pod: Pod, released: ReadonlySet<string>): boolean =>
  !!pod.metadata.finalizers?.includes(TRACKING) && !released.has(pod.metadata.uid as string);

export function jobFacts(job: Job, pods: readonly Pod[], released: ReadonlySet<string>): JobFacts {
  const completions = completionsOf(job);
  const uncounted = job.status?.uncountedTerminatedPods;
  const valid = (pod: Pod) => isTracked(pod, released) && (!isIndexed(job) || indexOf(pod, completions) !== undefined);
  const isNew = (pod: Pod, counted: readonly string[] | undefined) =>
    valid(pod) && !counted?.includes(pod.metadata.uid as string);
  const newSucceeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isNew(pod, uncounted?.succeeded));
  const newFailed = pods.filter((pod) => hasFailed(pod, job) && isNew(pod, uncounted?.failed));
  const active = pods.filter(isPodActive);
  const recordedIndexes = isIndexed(job) ? parseIndexes(job.status?.completedIndexes, completions) : new Set<number>();
  const succeededIndexes = new Set(recordedIndexes);
  if (isIndexed(job))
    for (const pod of pods)
      if (pod.status?.phase === 'Succeeded' && valid(pod)) succeededIndexes.add(indexOf(pod, completions) as number);
  const failedIndexes = hasLimitPerIndex(job) ? parseIndexes(job.status?.failedIndexes, completions) : new Set<number>();
  if (hasLimitPerIndex(job))
    for (const pod of pods) {
      const index = indexOf(pod, completions);
      if (index !== undefined && isIndexFailed(pod, job)) failedIndexes.add(index);
    }
  const succeeded = (job.status?.succeeded ?? 0) + newSucceeded.length + (uncounted?.succeeded?.length ?? 0);
  const facts = { pods, active, newSucceeded, newFailed, recordedIndexes, succeededIndexes, failedIndexes, released };
  return {
    ...facts,
    succeeded: isIndexed(job) ? succeededIndexes.size : succeeded,
    failed:
      (job.status?.failed ?? 0) + newFailed.filter((pod) => countsAsFailure(pod, job)).length + (uncounted?.failed?.length ?? 0),
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    kept: keptPods(job, facts, valid),
  };
}

function keptPods(
  job: Job,
  facts: Pick<JobFacts, 'pods' | 'active' | 'succeededIndexes' | 'failedIndexes'>,
  valid: (pod: Pod) => boolean,
): Map<number, Pod> {
  const kept = new Map<number, Pod>();
  if (!hasLimitPerIndex(job)) return kept;
  const completions = completionsOf(job);
  const activeIndexes = new Set(facts.active.map((pod) => indexOf(pod, completions)));
  for (const pod of facts.pods) {
    const index = indexOf(pod, completions);
    if (index === undefined || !valid(pod) || !hasFailed(pod, job)) continue;
    if (facts.succeededIndexes.has(index) || facts.failedIndexes.has(index) || activeIndexes.has(index)) continue;
    const last = kept.get(index);
    const later = !last || absoluteFailures(pod) > absoluteFailures(last) || finishedAt(pod) > finishedAt(last);
    if (later) kept.set(index, pod);
  }
  return kept;
}
