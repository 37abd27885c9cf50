import {
  type EventRecorder,
  isConflict,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  type ResourceClient,
} from '@windlass/client';
import type { Expectations } from '@windlass/controller';
import type { Job, Pod } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import { isPodReady } from '../shared/pods.ts';
import { slowStart } from '../shared/slow-start.ts';
import type { JobFacts } from './facts.ts';
import { jobPod } from './pod.ts';
import { TRACKING } from './spec.ts';

export interface PodEffects {
  pods: ResourceClient<Pod>;
  recorder: EventRecorder;
  expectations: Expectations;
}

/** Outcome of a round of deletions or creations: what went through, and the first failure. */
export interface Outcome {
  done: number;
  /** Of the deleted ones, how many were ready. */
  ready: number;
  error?: unknown;
}

/** Creates pods; a namespace on its way out is no failure. */
export async function createPods(
  { pods, recorder, expectations }: PodEffects,
  key: string,
  job: Job & Owner,
  facts: JobFacts,
  indexes: readonly (number | undefined)[],
): Promise<Outcome> {
  expectations.expect(key, indexes.length);
  let next = 0;
  const { successes, error } = await slowStart(indexes.length, async () => {
    const index = indexes[next++];
    try {
      const pod = await pods.create(jobPod(job, facts, index));
      recorder.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (cause) {
      if (isNamespaceTerminating(cause)) {
        expectations.created(key);
        return;
      }
      recorder.event(job, 'Warning', 'FailedCreate', `Error creating: ${(cause as Error).message}`);
      throw cause;
    }
  });
  expectations.created(key, indexes.length - successes);
  return { done: successes, ready: 0, error };
}

/** Deletes active pods. `uncounted`: they shall never count (suspended, surplus), so their finalizer goes first. */
export async function deletePods(
  { pods, recorder, expectations }: PodEffects,
  key: string,
  job: Job & Owner,
  doomed: readonly Pod[],
  uncounted: boolean,
): Promise<Outcome> {
  if (uncounted) {
    const uids = doomed.map((pod) => pod.metadata.uid as string);
    expectations.expect(key, 0, uids);
  }
  const results = await Promise.allSettled(
    doomed.map(async (pod) => {
      const { uid, name } = pod.metadata;
      try {
        if (uncounted) await releasePod(pods, pod);
        await pods.delete(pod.metadata, { preconditions: { uid } });
        recorder.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      } catch (cause) {
        expectations.deleted(key, uid as string);
        if (isNotFound(cause) || isConflict(cause)) return;
        recorder.event(job, 'Warning', 'FailedDelete', `Error deleting: ${(cause as Error).message}`);
        throw cause;
      }
    }),
  );
  const gone = doomed.filter((_, i) => results[i]?.status === 'fulfilled');
  const error = results.find((result) => result.status === 'rejected')?.reason;
  return { done: gone.length, ready: gone.filter(isPodReady).length, error };
}

/** Takes the tracking finalizer off. A pod that is gone, or another of the same name, is fine. */
export async function releasePod(pods: ResourceClient<Pod>, pod: Pod): Promise<void> {
  if (!pod.metadata.finalizers?.includes(TRACKING)) return;
  const metadata = { uid: pod.metadata.uid, '$deleteFromPrimitiveList/finalizers': [TRACKING] };
  try {
    await pods.patch(pod.metadata, { metadata }, { type: 'strategic' });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error) && !isInvalid(error)) throw error;
  }
}
