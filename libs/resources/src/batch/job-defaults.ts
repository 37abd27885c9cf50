import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { JobSpec } from '../types.gen.ts';

const NEVER = 2 ** 31 - 1;

/** SetDefaults_Job, and the pod template that Job and CronJob share with it. */
export function defaultJobSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  if (spec.backoffLimitPerIndex !== undefined) spec.backoffLimit ??= NEVER;
  else spec.backoffLimit ??= 6;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

/** Defaults of what is inside a job's spec; CronJobs fill only these. */
export function defaultJobTemplate(spec: JobSpec): void {
  for (const rule of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  defaultPodTemplate(spec.template);
}
