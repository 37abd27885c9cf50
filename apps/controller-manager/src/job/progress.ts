import type { EventRecorder, ResourceClient } from '@windlass/client';
import type { Job, JobCondition, JobStatus, Pod } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import { semanticEqual } from '../shared/equal.ts';
import { countPods, settle, trackedUids } from './count.ts';
import { releasePod } from './effects.ts';
import type { JobFacts } from './facts.ts';
import { ensureJobCondition } from './spec.ts';

export interface Progress {
  job: Job & Owner;
  /** The job with the counts and conditions of this look. */
  draft: Job & Owner;
  facts: JobFacts;
  /** Interim condition that the job may finish with now. */
  finished: JobCondition | undefined;
  time: string;
  /** Writes the status. */
  write: (job: Job & Owner) => Promise<Job & Owner>;
  pods: ResourceClient<Pod>;
  recorder: EventRecorder;
  /** Takes the uids of pods whose finalizer was taken off. */
  releasedHere: Set<string>;
  /** Called when the ended pods are written down. */
  noteBackoff: () => void;
}

/**
 * Writes the counts in the order that loses and doubles nothing: ended pods' uids into the status, their finalizers off, totals into the
 * status, and last the final condition. @returns whether there is more to count
 */
export async function writeCounts(progress: Progress): Promise<boolean> {
  const { draft, facts, finished, write, releasedHere } = progress;
  const step = countPods(draft, facts, finished);
  let status = step.status;
  if (finished) status = { ...status, conditions: [...withInterim(status.conditions ?? [], finished)] };
  let current = progress.job;
  if (!semanticEqual(current.status, status)) current = await write({ ...current, status });
  progress.noteBackoff();
  const tracked = trackedUids(facts);
  const results = await Promise.allSettled(
    step.release.map(async (pod) => {
      await releasePod(progress.pods, pod);
      releasedHere.add(pod.metadata.uid as string);
      tracked.delete(pod.metadata.uid as string);
    }),
  );
  const failure = results.find((result) => result.status === 'rejected');
  status = settle({ ...status }, tracked);
  const over = finished && !failure && !step.partial && isCounted(status) && !status.terminating;
  if (over) status = finish(progress, status, finished);
  if (!semanticEqual(current.status, status)) await write({ ...current, status });
  if (over) announce(progress, finished, status);
  if (failure) throw failure.reason;
  return step.partial;
}

const isCounted = ({ uncountedTerminatedPods: uncounted }: JobStatus): boolean =>
  !uncounted?.succeeded?.length && !uncounted?.failed?.length;

const withInterim = (conditions: readonly JobCondition[], interim: JobCondition): readonly JobCondition[] =>
  conditions.some(({ type, status }) => type === interim.type && status === 'True') ? conditions : [...conditions, interim];

function finish({ time }: Progress, status: JobStatus, { type, reason, message }: JobCondition): JobStatus {
  const success = type === 'SuccessCriteriaMet';
  const last = { type: success ? 'Complete' : 'Failed', status: 'True', reason, message };
  const conditions = [...ensureJobCondition(status.conditions ?? [], last, time)];
  return { ...status, conditions, ...(success ? { completionTime: time } : {}) };
}

function announce({ job, recorder }: Progress, { type, reason = '', message = '' }: JobCondition, status: JobStatus): void {
  if (type !== 'SuccessCriteriaMet') {
    recorder.event(job, 'Warning', reason, message);
    return;
  }
  if (job.spec.completions !== undefined && (status.succeeded ?? 0) > job.spec.completions)
    recorder.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
  recorder.event(job, 'Normal', 'Completed', 'Job completed');
}
