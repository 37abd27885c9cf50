import type { Job, Pod } from '@windlass/resources';
import { deletionOrder } from '../replicaset/ranking.ts';
import { isPodTerminating } from '../shared/pods.ts';
import { type BackoffRecord, backoffMs, finishedAt } from './backoff.ts';
import { absoluteFailures, type JobFacts } from './facts.ts';
import { indexOf } from './indexes.ts';
import { completionsOf, hasLimitPerIndex, isIndexed, isSuspended, replacesOnlyFailed } from './spec.ts';

const BURST = 500;

/** What to do about a Job's pods now: delete, or create (indexed: these indexes), or wait. */
export type JobPlan =
  | { remove: Pod[] }
  | { create: (number | undefined)[] }
  /** Milliseconds until the back-off of failed pods is over. */
  | { waitMs: number };

/** job_controller.go manageJob. */
export function planJob(job: Job, facts: JobFacts, backoff: BackoffRecord | undefined, now: number): JobPlan {
  const active = facts.active.length;
  if (isSuspended(job)) return { remove: [...facts.active] };
  const wanted = wantedActive(job, facts);
  const remove = surplus(job, facts, Math.max(0, active - wanted), now).slice(0, BURST);
  if (remove.length > 0) return { remove };
  const leaving = replacesOnlyFailed(job) ? facts.terminating : 0;
  const missing = Math.min(wanted - leaving - active, BURST);
  if (missing <= 0) return { create: [] };
  if (!hasLimitPerIndex(job)) {
    const waitMs = backoffMs(backoff, now);
    if (waitMs > 0) return { waitMs };
  }
  if (!isIndexed(job)) return { create: Array.from({ length: missing }, () => undefined) };
  const pending = pendingIndexes(job, facts, missing);
  if (!hasLimitPerIndex(job)) return { create: pending };
  const waits = pending.map((index) => indexBackoffMs(facts.kept.get(index), now));
  const due = pending.filter((_, i) => waits[i] === 0);
  return due.length > 0 || pending.length === 0 ? { create: due } : { waitMs: Math.min(...waits) };
}

function wantedActive(job: Job, facts: JobFacts): number {
  const parallelism = job.spec.parallelism ?? 1;
  // Without completions the first success stops new pods; what runs goes on.
  if (job.spec.completions === undefined) return facts.succeeded > 0 ? facts.active.length : parallelism;
  return Math.max(0, Math.min(parallelism, job.spec.completions - facts.succeeded));
}

const indexBackoffMs = (failed: Pod | undefined, now: number): number =>
  failed ? backoffMs({ failures: absoluteFailures(failed) + 1, lastFailure: finishedAt(failed) }, now) : 0;

/** Lowest indexes that neither ended nor run. */
function pendingIndexes(job: Job, facts: JobFacts, count: number): number[] {
  const completions = completionsOf(job);
  const busy = replacesOnlyFailed(job) ? [...facts.active, ...facts.pods.filter(isPodTerminating)] : facts.active;
  const taken = new Set([...facts.succeededIndexes, ...facts.failedIndexes, ...busy.map((pod) => indexOf(pod, completions))]);
  const free: number[] = [];
  for (let index = 0; index < completions && free.length < count; index++) if (!taken.has(index)) free.push(index);
  return free;
}

/** Active pods to delete: of indexed Jobs first those without a valid index and duplicates, then the least useful. */
function surplus(job: Job, facts: JobFacts, atLeast: number, now: number): Pod[] {
  const useless: Pod[] = [];
  let rest = [...facts.active];
  if (isIndexed(job)) {
    const perIndex = Map.groupBy(rest, (pod) => indexOf(pod, completionsOf(job)));
    rest = [];
    for (const [index, pods] of perIndex) {
      const ordered = deletionOrder(pods, pods, now);
      const keep = index === undefined ? undefined : ordered.pop();
      useless.push(...ordered);
      if (keep) rest.push(keep);
    }
  }
  const more = Math.max(0, atLeast - useless.length);
  return more > 0 ? [...useless, ...deletionOrder(rest, rest, now).slice(0, more)] : useless;
}
