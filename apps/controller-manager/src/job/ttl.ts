import { isConflict, isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { Job } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { jobCondition } from './spec.ts';

/** When a Job may be deleted, in milliseconds since the epoch; undefined while it is not finished, or for ever. */
export function expiresAt(job: Job): number | undefined {
  const ttl = job.spec?.ttlSecondsAfterFinished;
  const finished = (jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed'))?.lastTransitionTime;
  if (ttl === undefined || ttl === null || !finished || job.metadata.deletionTimestamp) return undefined;
  return Date.parse(finished) + ttl * 1000;
}

/** Deletes finished Jobs and what they own after their ttlSecondsAfterFinished. (KEP-592) */
export function ttlAfterFinishedController({ client, informers, logger, now }: ControllerContext): Controller {
  const jobs = informers.informer<Job>(refs.jobs);
  const jobClient = client.resource<Job>(refs.jobs);
  const remaining = (job: Job | undefined): number | undefined => {
    const at = job && expiresAt(job);
    return at === undefined ? undefined : at - now().getTime();
  };
  return controller({
    name: 'ttl-after-finished',
    workers: 2,
    logger,
    watches: [watch(jobs, (job, { deleted }) => (deleted || expiresAt(job) === undefined ? [] : [keyOf(job)]))],
    reconcile: async (key) => {
      const known = jobs.store.get(key);
      const wait = remaining(known);
      if (!known || wait === undefined) return;
      if (wait > 0) return { requeueAfterMs: wait };
      try {
        // Somebody may just have given it more time.
        const fresh = await jobClient.get(known.metadata);
        const left = remaining(fresh);
        if (left === undefined) return;
        if (left > 0) return { requeueAfterMs: left };
        const { uid, resourceVersion } = fresh.metadata;
        await jobClient.delete(fresh.metadata, { propagationPolicy: 'Foreground', preconditions: { uid, resourceVersion } });
      } catch (error) {
        if (isNotFound(error)) return;
        // Changed in between: the change brings it here again, and if the cache has it already, this does.
        if (isConflict(error)) return { requeueAfterMs: 1000 };
        throw error;
      }
    },
  });
}
