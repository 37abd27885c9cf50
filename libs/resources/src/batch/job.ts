import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import type { Job } from '../types.gen.ts';
import { defaultJobSpec, defaultJobTemplate } from './job-defaults.ts';

const LEGACY = ['controller-uid', 'job-name'] as const;
const PREFIX = 'batch.kubernetes.io/';

/** SetDefaults_Job: labels of the template are the job's own where it has none. */
function defaultJob(job: Job): void {
  defaultJobSpec(job.spec);
  defaultJobTemplate(job.spec);
  const labels = job.spec.template.metadata?.labels;
  if (labels && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels };
}

/** The selector that a job gets unless it brings its own: its uid. */
export function generateSelector(job: Job): void {
  const { spec, metadata } = job;
  if (spec.manualSelector) return;
  spec.template.metadata ??= {};
  spec.template.metadata.labels ??= {};
  const labels = spec.template.metadata.labels;
  const values = [metadata.uid!, metadata.name!];
  LEGACY.forEach((key, i) => {
    labels[key] = values[i]!;
    labels[PREFIX + key] = values[i]!;
  });
  spec.selector ??= {};
  spec.selector.matchLabels ??= {};
  spec.selector.matchLabels[`${PREFIX}controller-uid`] ??= metadata.uid!;
}

export const jobs = builtin<Job>('batch/v1', 'jobs', {
  strategy: {
    default: defaultJob,
    prepareForCreate(job) {
      generateSelector(job);
      clearStatus<Job>(() => ({}))(job);
    },
  },
});
