import { type Column, humanDuration } from '@windlass/meta';
import { selectorColumn, templateColumns } from '../apps/template-columns.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { Job } from '../types.gen.ts';

function statusOf({ metadata, status }: Job): string {
  const holds = (type: string) => status?.conditions?.some((one) => one.type === type && one.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function completionsOf({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const { parallelism = 0 } = spec;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: Job, now: Date): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now.getTime();
  return humanDuration(end - Date.parse(status.startTime));
}

export const jobColumns: readonly Column<Job>[] = [
  nameColumn as Column<Job>,
  column<Job>('Status', 'string', 'Status of the job.', statusOf),
  column<Job>('Completions', 'string', fieldDoc('batch.v1.JobStatus', 'succeeded'), completionsOf),
  column<Job>('Duration', 'string', 'Time required to complete the job.', durationOf),
  ageColumn as Column<Job>,
  ...templateColumns<Job>({ template: ({ spec }) => spec.template }),
  selectorColumn<Job>(fieldDoc('batch.v1.JobSpec', 'selector'), ({ spec }) => spec.selector),
];
