import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import type { CronJob } from '../types.gen.ts';
import { defaultJobTemplate } from './job-defaults.ts';

function defaultCronJob({ spec }: CronJob): void {
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  defaultJobTemplate(spec.jobTemplate.spec!);
}

export const cronJobs = builtin<CronJob>('batch/v1', 'cronjobs', {
  strategy: { default: defaultCronJob, prepareForCreate: clearStatus<CronJob>(() => ({})) },
});
