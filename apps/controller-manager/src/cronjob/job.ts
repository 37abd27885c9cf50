import { formatTime, offsetAt } from '@windlass/meta';
import type { CronJob, Job } from '@windlass/resources';
import { newControllerRef, type Owner } from '../shared/claim.ts';

export type OwnedCronJob = CronJob & Owner;
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

export const jobNameAt = ({ metadata }: CronJob, at: number): string => `${metadata.name}-${Math.floor(at / 60_000)}`;

/** The job of one scheduled time. */
export function scheduledJob(cronJob: OwnedCronJob, at: number): Job {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameAt(cronJob, at),
      namespace: cronJob.metadata.namespace,
      labels: metadata?.labels && { ...metadata.labels },
      annotations: { ...metadata?.annotations, [SCHEDULED]: zonedTime(at, cronJob.spec.timeZone) },
      ownerReferences: [newControllerRef(cronJob)],
    },
    spec: structuredClone(spec) as Job['spec'],
  };
}

/** RFC 3339 with the zone's offset, or Z. */
function zonedTime(at: number, zone: string | undefined): string {
  const offset = zone === undefined ? 0 : offsetAt(at, zone);
  if (offset === 0) return formatTime(new Date(at));
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${formatTime(new Date(at + offset)).slice(0, -1)}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** Finished jobs beyond the history limits, oldest first. */
export function surplusJobs({ spec }: CronJob, jobs: readonly Job[]): Job[] {
  const of = (type: string) =>
    jobs
      .filter((job) => job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True'))
      .sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1));
  const cut = (list: Job[], limit: number | undefined) =>
    limit === undefined ? [] : list.slice(0, Math.max(0, list.length - limit));
  return [...cut(of('Complete'), spec.successfulJobsHistoryLimit), ...cut(of('Failed'), spec.failedJobsHistoryLimit)];
}
