import { isAlreadyExists, isNamespaceTerminating, isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, owns, watch } from '@windlass/controller';
import type { CronJobStatus, Job, ObjectReference } from '@windlass/resources';
import { isJobFinished } from '../job/spec.ts';
import { byControllerOrOrphan, controllerOf, type Owner } from '../shared/claim.ts';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { OwnWrites } from '../shared/own-writes.ts';
import { refs } from '../shared/refs.ts';
import { followJobs, withActive } from './active.ts';
import { jobNameAt, type OwnedCronJob, scheduledJob, surplusJobs } from './job.ts';
import { readSchedule, timesOf } from './schedule.ts';

/** A little after the time, so that it has surely come. */
const AFTER_MS = 100;

/** Makes a job at every scheduled time. */
export function cronJobController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const cronJobs = informers.informer<OwnedCronJob>(refs.cronJobs);
  const jobs = informers.informer<Job & Owner>(refs.jobs, { indexers: { controller: byControllerOrOrphan } });
  const cronJobClient = client.resource<OwnedCronJob>(refs.cronJobs);
  const jobClient = client.resource<Job & Owner>(refs.jobs);
  const recorder = context.recorder('cronjob-controller');
  const writes = new OwnWrites();

  const remove = async (cronJob: OwnedCronJob, { namespace, name, uid }: { namespace?: string; name?: string; uid?: string }) => {
    try {
      await jobClient.delete({ namespace, name }, { propagationPolicy: 'Background', preconditions: { uid } });
      recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    } catch (error) {
      if (isNotFound(error)) return;
      recorder.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${(error as Error).message}`);
      throw error;
    }
  };

  /** Active jobs that neither cache nor server know. */
  const missing = async (cronJob: OwnedCronJob, own: readonly Job[]): Promise<Set<string | undefined>> => {
    const known = new Set(own.map(({ metadata }) => metadata.uid));
    const gone = new Set<string | undefined>();
    for (const { namespace, name, uid } of cronJob.status?.active ?? []) {
      if (known.has(uid)) continue;
      const found = await jobClient.get({ namespace, name }).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
      if (found?.metadata.uid !== uid) gone.add(uid);
    }
    return gone;
  };

  const start = async (cronJob: OwnedCronJob, at: number, status: CronJobStatus): Promise<CronJobStatus | undefined> => {
    const wanted = scheduledJob(cronJob, at);
    let job: Job & Owner;
    try {
      job = await jobClient.create(wanted as Job & Owner);
      recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined;
      if (!isAlreadyExists(error)) {
        recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${(error as Error).message}`);
        throw error;
      }
      job = await jobClient.get(wanted.metadata);
      if (controllerOf(job)?.uid !== cronJob.metadata.uid)
        throw new Error(`job ${job.metadata.name} exists and is not of cron job ${keyOf(cronJob)}`);
      if (isJobFinished(job)) return { ...status, lastScheduleTime: timestamp(new Date(at)) };
    }
    return withActive(status, job, timestamp(new Date(at)));
  };

  /** @returns the status after what is due, and when to look again */
  const run = async (cronJob: OwnedCronJob, before: CronJobStatus) => {
    let status = before;
    const read = readSchedule(cronJob);
    if ('reason' in read) {
      recorder.event(cronJob, 'Warning', read.reason, read.message);
      return { status };
    }
    if (cronJob.spec.suspend) return { status };
    const at = now().getTime();
    const { due, next, tooManyMissed } = timesOf({ ...cronJob, status }, read.schedule, read.zone, at);
    const waitMs = next === undefined ? undefined : next - at + AFTER_MS;
    if (tooManyMissed)
      recorder.event(
        cronJob,
        'Warning',
        'TooManyMissedTimes',
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      );
    if (due === undefined) return { status, waitMs };
    const deadline = cronJob.spec.startingDeadlineSeconds;
    if (deadline !== undefined && due + deadline * 1000 < at) {
      recorder.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${new Date(due).toUTCString()}`);
      return { status, waitMs };
    }
    const name = jobNameAt(cronJob, due);
    const started =
      status.active?.some((reference) => reference.name === name) || status.lastScheduleTime === timestamp(new Date(due));
    if (started) return { status, waitMs };
    const policy = cronJob.spec.concurrencyPolicy;
    if (policy === 'Forbid' && status.active?.length) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      recorder.event(cronJob, 'Normal', 'JobAlreadyActive', message);
      return { status, waitMs };
    }
    if (policy === 'Replace') {
      for (const reference of status.active ?? []) await remove(cronJob, reference as ObjectReference);
      status = { ...status, active: [] };
    }
    return { status: (await start(cronJob, due, status)) ?? status, waitMs };
  };

  return controller({
    name: 'cronjob',
    workers: 5,
    logger,
    watches: [watch(cronJobs), owns(jobs, 'CronJob')],
    reconcile: async (key) => {
      const cronJob = cronJobs.store.get(key);
      if (!cronJob) return writes.forget(key);
      if (writes.isStale(key, cronJob)) return;
      const own = jobs.store.byIndex('controller', cronJob.metadata.uid as string);
      const gone = await missing(cronJob, own);
      const { status: followed, events } = followJobs(cronJob, own, ({ uid }) => gone.has(uid));
      for (const { type, reason, message } of events) recorder.event(cronJob, type, reason, message);
      const { status, waitMs } = cronJob.metadata.deletionTimestamp
        ? { status: followed, waitMs: undefined }
        : await run(cronJob, followed);
      if (!semanticEqual(status, cronJob.status)) writes.note(key, await cronJobClient.updateStatus({ ...cronJob, status }));
      for (const { metadata } of surplusJobs(cronJob, own)) await remove(cronJob, metadata);
      return waitMs === undefined ? undefined : { requeueAfterMs: waitMs };
    },
  });
}
