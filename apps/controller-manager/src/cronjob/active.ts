import { referenceTo } from '@windlass/client';
import type { CronJob, CronJobStatus, Job, JobCondition, ObjectReference } from '@windlass/resources';

const finished = (job: Job): JobCondition | undefined =>
  job.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');

export interface ActiveChange {
  status: CronJobStatus;
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
}

/** The list of active jobs brought in line with the jobs that there are. Missing ones are named by `gone` after the server was asked. */
export function followJobs(
  cronJob: CronJob,
  jobs: readonly Job[],
  isGone: (reference: ObjectReference) => boolean,
): ActiveChange {
  const events: ActiveChange['events'] = [];
  let active = cronJob.status?.active ?? [];
  let lastSuccess = cronJob.status?.lastSuccessfulTime;
  for (const job of jobs) {
    const known = active.some(({ uid }) => uid === job.metadata.uid);
    const condition = finished(job);
    const { name } = job.metadata;
    if (!known && !condition) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      events.push({ type: 'Warning', reason: 'UnexpectedJob', message });
    } else if (known && condition) {
      const message = `Saw completed job: ${name}, condition: ${condition.type}`;
      events.push({ type: 'Normal', reason: 'SawCompletedJob', message });
      active = active.filter(({ uid }) => uid !== job.metadata.uid);
    }
    const completed = condition?.type === 'Complete' ? job.status?.completionTime : undefined;
    if (completed && (!lastSuccess || Date.parse(completed) > Date.parse(lastSuccess))) lastSuccess = completed;
  }
  for (const reference of active) {
    if (!isGone(reference)) continue;
    events.push({ type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${reference.name}` });
    active = active.filter((other) => other !== reference);
  }
  return { status: { ...cronJob.status, active, lastSuccessfulTime: lastSuccess }, events };
}

export const withActive = (
  status: CronJobStatus,
  job: Job & { apiVersion: string; kind: string },
  at: string,
): CronJobStatus => ({
  ...status,
  active: [...(status.active ?? []), referenceTo(job)],
  lastScheduleTime: at,
});
