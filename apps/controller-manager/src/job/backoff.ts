import type { Pod } from '@windlass/resources';
import { podCondition } from '../shared/pods.ts';

const BASE_MS = 10_000;
const MAX_MS = 600_000;

/** When a pod ended: its last container's end, else its deletion, else when it stopped being ready, else its creation. */
export function finishedAt(pod: Pod): number {
  const statuses = pod.status?.containerStatuses ?? [];
  const ends = statuses.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && ends.every((end) => !Number.isNaN(end))) return Math.max(...ends);
  const { deletionTimestamp, deletionGracePeriodSeconds, creationTimestamp } = pod.metadata;
  if (deletionTimestamp) return Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds ?? 0) * 1000;
  const ready = podCondition(pod, 'Ready')?.lastTransitionTime;
  return Date.parse(ready ?? creationTimestamp ?? '') || 0;
}

/** Failures in a row and the time of the last one. */
export interface BackoffRecord {
  failures: number;
  lastFailure: number;
}

/** The record after pods that ended since the last look; a success starts it anew. */
export function nextBackoff(
  record: BackoffRecord | undefined,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): BackoffRecord | undefined {
  if (failed.length === 0) return succeeded.length > 0 ? undefined : record;
  const lastSuccess = Math.max(Number.NEGATIVE_INFINITY, ...succeeded.map(finishedAt));
  const since = failed.map(finishedAt).filter((at) => at > lastSuccess);
  if (since.length === 0) return undefined;
  const before = succeeded.length > 0 ? 0 : (record?.failures ?? 0);
  return { failures: before + since.length, lastFailure: Math.max(record?.lastFailure ?? 0, ...since) };
}

/** Milliseconds that a replacement still waits: 10 s after the first failure, doubled with each, at most 10 min. */
export function backoffMs(record: BackoffRecord | undefined, now: number): number {
  if (!record || record.failures === 0) return 0;
  return Math.max(0, record.lastFailure + Math.min(BASE_MS * 2 ** (record.failures - 1), MAX_MS) - now);
}
