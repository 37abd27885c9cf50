import { ageOf, type Column, path } from '@windlass/meta';
import { podNameWarnings } from '../apps/template.ts';
import { selectorColumn, templateColumns } from '../apps/template-columns.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { clearStatus } from '../generic/status.ts';
import type { CronJob } from '../types.gen.ts';
import { validateCronJob, validateCronJobUpdate } from './cron-job-rules.ts';
import { defaultJobTemplate } from './job-defaults.ts';
import { jobSpecWarnings } from './job-warnings.ts';

const TEMPLATE = path('spec', 'jobTemplate', 'spec');
const NONE = '<none>';

function defaultCronJob({ spec }: CronJob): void {
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  defaultJobTemplate(spec.jobTemplate.spec!);
}

const doc = (field: string, type = 'CronJobSpec'): string => fieldDoc(`batch.v1.${type}`, field);

const columns: readonly Column<CronJob>[] = [
  nameColumn as Column<CronJob>,
  column<CronJob>('Schedule', 'string', doc('schedule'), ({ spec }) => spec.schedule),
  column<CronJob>('Timezone', 'string', doc('timeZone'), ({ spec }) => spec.timeZone ?? NONE),
  column<CronJob>('Suspend', 'boolean', doc('suspend'), ({ spec }) =>
    spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
  ),
  column<CronJob>('Active', 'integer', doc('active', 'CronJobStatus'), ({ status }) => status?.active?.length ?? 0),
  column<CronJob>('Last Schedule', 'string', doc('lastScheduleTime', 'CronJobStatus'), ({ status }, now) =>
    status?.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : NONE,
  ),
  ageColumn as Column<CronJob>,
  ...templateColumns<CronJob>({ template: ({ spec }) => spec.jobTemplate.spec?.template }),
  selectorColumn<CronJob>(doc('selector', 'JobSpec'), ({ spec }) => spec.jobTemplate.spec?.selector),
];

function warnings({ metadata, spec }: CronJob, old: CronJob | undefined): string[] {
  const zone = spec.schedule.includes('TZ') ? ['cannot use TZ or CRON_TZ in spec.schedule, use timeZone instead'] : [];
  if (old && old.metadata.generation === metadata.generation) return zone;
  return [...(old ? [] : podNameWarnings(metadata.name)), ...jobSpecWarnings(spec.jobTemplate.spec!, TEMPLATE), ...zone];
}

export const cronJobs = builtin<CronJob>('batch/v1', 'cronjobs', {
  columns,
  strategy: {
    default: defaultCronJob,
    prepareForCreate: clearStatus<CronJob>(() => ({})),
    validate: validateCronJob,
    validateUpdate: validateCronJobUpdate,
    warnings,
  },
});
