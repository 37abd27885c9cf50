import { type EventRecorder, isConflict, isNamespaceTerminating, isNotFound, type ResourceClient } from '@windlass/client';
import type { Expectations } from '@windlass/controller';
import type { Pod } from '@windlass/resources';
import type { Owner } from './claim.ts';
import { slowStart } from './slow-start.ts';

export interface PodControlParts {
  pods: ResourceClient<Pod>;
  recorder: EventRecorder;
  expectations: Expectations;
}

/** Creates pods in growing batches, with events on the owner. Expectations are the caller's to set; failed ones are taken back. @returns the first error */
export async function createPods(
  { pods, recorder, expectations }: PodControlParts,
  key: string,
  owner: Owner,
  wanted: readonly Pod[],
): Promise<unknown> {
  let next = 0;
  const { successes, error } = await slowStart(wanted.length, async () => {
    try {
      const pod = await pods.create(wanted[next++] as Pod);
      recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (cause) {
      // The namespace goes away, and the owner with it: nothing to tell or to try again.
      if (isNamespaceTerminating(cause)) {
        expectations.created(key);
        return;
      }
      recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${(cause as Error).message}`);
      throw cause;
    }
  });
  expectations.created(key, wanted.length - successes);
  return error;
}

/** Deletes pods, with events on the owner. @returns the first error */
export async function deletePods(
  { pods, recorder, expectations }: PodControlParts,
  key: string,
  owner: Owner,
  doomed: readonly Pod[],
): Promise<unknown> {
  const results = await Promise.allSettled(
    doomed.map(async (pod) => {
      try {
        await pods.delete(pod.metadata, { preconditions: { uid: pod.metadata.uid } });
        recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      } catch (cause) {
        expectations.deleted(key, pod.metadata.uid as string);
        if (isNotFound(cause) || isConflict(cause)) return;
        recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${(cause as Error).message}`);
        throw cause;
      }
    }),
  );
  return results.find((result) => result.status === 'rejected')?.reason;
}
