import { path } from '@windlass/meta';
import { podNameWarnings } from '../apps/template.ts';
import { builtin } from '../generic/definition.ts';
import { clearStatus, statusView } from '../generic/status.ts';
import type { Job } from '../types.gen.ts';
import { jobColumns } from './job-columns.ts';
import { defaultJobSpec, defaultJobTemplate } from './job-defaults.ts';
import { validateJob, validateJobUpdate } from './job-rules.ts';
import { generateSelector } from './job-selector.ts';
import { validateJobStatus } from './job-status-rules.ts';
import { jobSpecWarnings } from './job-warnings.ts';

const AT = path('spec');
const ORPHANS =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

/** Labels of the template are the job's own where it has none. */
function defaultLabels({ metadata, spec }: Job): void {
  const labels = spec.template.metadata?.labels;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}

/** SetDefaults_Job */
function defaultJob(job: Job): void {
  defaultJobSpec(job.spec);
  defaultJobTemplate(job.spec);
  defaultLabels(job);
}

export const jobs = builtin<Job>('batch/v1', 'jobs', {
  columns: jobColumns,
  orphansWarning: ORPHANS,
  strategy: {
    default: defaultJob,
    prepareForCreate(job) {
      generateSelector(job);
      // Kubernetes defaults once more what it reads back, and by then the template has labels.
      defaultLabels(job);
      clearStatus<Job>(() => ({}))(job);
    },
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    warnings({ metadata, spec }, old) {
      if (old && old.metadata.generation === metadata.generation) return [];
      return [...(old ? [] : podNameWarnings(metadata.name)), ...jobSpecWarnings(spec, AT)];
    },
  },
  subresources: { status: statusView<Job>(validateJobStatus) },
});
