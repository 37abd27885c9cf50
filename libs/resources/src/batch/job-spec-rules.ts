import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { domainPrefixedPath } from '../fields/domain-path.ts';
import { oneOf } from '../fields/enums.ts';
import { nonNegative } from '../fields/numbers.ts';
import type { PodOptions } from '../podspec/options.ts';
import { validatePodTemplate } from '../podspec/pod-template.ts';
import type { JobSpec } from '../types.gen.ts';
import { validateCompletionMode } from './completion-mode.ts';
import { validatePodFailurePolicy } from './pod-failure-policy.ts';
import { validateSuccessPolicy } from './success-policy.ts';

const NUMBERS = [
  ...(['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'] as const),
  ...(['backoffLimitPerIndex', 'maxFailedIndexes'] as const),
];
const MAX_MANAGER_BYTES = 63;

const validateManager = (managedBy: string | undefined, at: Path): FieldError[] =>
  managedBy === undefined
    ? []
    : [
        ...domainPrefixedPath(managedBy, at),
        ...(managedBy.length > MAX_MANAGER_BYTES ? [fieldError.tooLong(at, managedBy, MAX_MANAGER_BYTES)] : []),
      ];

/** Pods of a job end. `Always` is what the default made of nothing. */
function validateRestartPolicy({ podFailurePolicy, template }: JobSpec, at: Path): FieldError[] {
  const { restartPolicy } = template.spec!;
  if (!restartPolicy || restartPolicy === 'Always') return [fieldError.required(at, 'valid values: "OnFailure", "Never"')];
  if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    return [fieldError.notSupported(at, restartPolicy, ['OnFailure', 'Never'])];
  if (podFailurePolicy && restartPolicy !== 'Never')
    return [fieldError.invalid(at, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
  return [];
}

/** What a job and the template of a cron job have in common: all but the selector. */
export function validateJobSpec(spec: JobSpec, at: Path, options: PodOptions): FieldError[] {
  const { backoffLimitPerIndex, maxFailedIndexes, podFailurePolicy, podReplacementPolicy } = spec;
  const replacements = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return [
    ...NUMBERS.flatMap((field) => nonNegative(spec[field], at.child(field))),
    ...(maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined
      ? [fieldError.required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')]
      : []),
    ...validateManager(spec.managedBy, at.child('managedBy')),
    ...validateCompletionMode(spec, at),
    ...validatePodFailurePolicy(spec, at.child('podFailurePolicy')),
    ...validateSuccessPolicy(spec, at.child('successPolicy')),
    ...oneOf(podReplacementPolicy, replacements, at.child('podReplacementPolicy')),
    ...validatePodTemplate(spec.template, at.child('template'), options),
    ...validateRestartPolicy(spec, at.child('template', 'spec', 'restartPolicy')),
  ];
}
