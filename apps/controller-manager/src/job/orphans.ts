import { keyOf } from '@windlass/client';
import { type Controller, controller, controllerKey, watch } from '@windlass/controller';
import type { Job, Pod } from '@windlass/resources';
import { byControllerOrOrphan, controllerOf } from '../shared/claim.ts';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { releasePod } from './effects.ts';
import { isJobFinished, isManagedElsewhere, TRACKING } from './spec.ts';

/** Takes the tracking finalizer off pods that no Job will count any more: its Job is finished, gone or another. Keys are pods. */
export function jobOrphanController({ client, informers, logger }: ControllerContext): Controller {
  const jobs = informers.informer<Job>(refs.jobs);
  const pods = informers.informer<Pod>(refs.pods, { indexers: { controller: byControllerOrOrphan } });
  const podClient = client.resource<Pod>(refs.pods);
  const tracked = (pod: Pod): string[] => (pod.metadata.finalizers?.includes(TRACKING) ? [keyOf(pod)] : []);
  const ofJob = (job: Job): string[] => pods.store.byIndex('controller', job.metadata.uid as string).flatMap(tracked);
  return controller({
    name: 'job-orphans',
    workers: 2,
    logger,
    watches: [
      watch<Pod>(pods, (pod, { deleted }) => (deleted ? [] : tracked(pod))),
      watch<Job>(jobs, (job, { deleted }) => (deleted || isJobFinished(job) ? ofJob(job) : [])),
    ],
    reconcile: async (key) => {
      const pod = pods.store.get(key);
      if (!pod?.metadata.finalizers?.includes(TRACKING)) return;
      const owner = controllerKey(pod, 'Job');
      const job = owner ? jobs.store.get(owner) : undefined;
      const ours = job && job.metadata.uid === controllerOf(pod)?.uid;
      if (ours && (isManagedElsewhere(job) || !isJobFinished(job))) return;
      // The cache of Jobs may be behind that of pods: a Job that was just made is asked for.
      if (owner && !job) {
        const fresh = await client
          .resource<Job>(refs.jobs)
          .get({ namespace: pod.metadata.namespace, name: controllerOf(pod)?.name })
          .catch(() => undefined);
        if (fresh && fresh.metadata.uid === controllerOf(pod)?.uid && !isJobFinished(fresh)) return;
      }
      await releasePod(podClient, pod);
    },
  });
}
