import { equalJson, type FieldError, fieldError, labelSelectorMatcher, path, validateDns1123Label } from '@windlass/meta';
import { selectorMismatch } from '../apps/template.ts';
import { immutable } from '../fields/immutable.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { PodOptions } from '../podspec/options.ts';
import { optionsFor } from '../podspec/pod-options.ts';
import type { Job, JobSpec } from '../types.gen.ts';
import { hasPrefixedLabels, validateGeneratedSelector } from './job-selector.ts';
import { validateJobSpec } from './job-spec-rules.ts';
import { validateTemplateUpdate } from './template-update.ts';

const AT = path('spec');

interface Options {
  pod: PodOptions;
  prefixedLabels: boolean;
}

function mismatch({ selector, template }: JobSpec): FieldError[] {
  if (!selector) return [];
  try {
    return selectorMismatch(labelSelectorMatcher(selector), template, AT.child('template'));
  } catch {
    return [];
  }
}

const validateSpec = (spec: JobSpec, { pod }: Options): FieldError[] => {
  const here = AT.child('selector');
  const selector = { allowInvalidValues: pod.allowInvalidSelectorValues };
  return [
    ...validateJobSpec(spec, AT, pod),
    ...(spec.selector ? validateLabelSelector(spec.selector, here, selector) : [fieldError.required(here)]),
    ...mismatch(spec),
  ];
};

/** The last pod's host is called after the job and its index. */
function validateHostName({ metadata, spec }: Job): FieldError[] {
  const { completionMode, completions = 0 } = spec;
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const host = `${metadata.name}-${completions - 1}`;
  if (validateDns1123Label(host).length === 0) return [];
  const detail = `will not able to create pod with invalid DNS label: ${host}`;
  return [fieldError.invalid(path('metadata', 'name'), metadata.name, detail)];
}

const validate = (job: Job, options: Options): FieldError[] => [
  ...validateGeneratedSelector(job, options.prefixedLabels),
  ...validateSpec(job.spec, options),
  ...validateHostName(job),
];

/** ValidateJob */
export const validateJob = (job: Job): FieldError[] => validate(job, { pod: {}, prefixedLabels: true });

function updateOptions(old: Job): Options {
  const { selector } = old.spec;
  const strict = validateLabelSelector(selector, AT).length;
  const pod = optionsFor(old.spec.template.spec);
  const keeps = strict > validateLabelSelector(selector, AT, { allowInvalidValues: true }).length;
  return { pod: keeps ? { ...pod, allowInvalidSelectorValues: true } : pod, prefixedLabels: hasPrefixedLabels(old) };
}

/** An Indexed job grows and shrinks by both numbers at once (KEP-3715). */
function validateCompletions({ completionMode, completions, parallelism }: JobSpec, old: JobSpec): FieldError[] {
  const here = AT.child('completions');
  if (completionMode !== 'Indexed') return immutable(completions, old.completions, here);
  if (completions === undefined || completions === old.completions || completions === parallelism) return [];
  return [fieldError.invalid(here, completions, 'can only be modified in tandem with spec.parallelism')];
}

const STRUCTS = { podFailurePolicy: 'PodFailurePolicy', successPolicy: 'SuccessPolicy' } as const;
const IMMUTABLE = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;

function unchanged(field: (typeof IMMUTABLE)[number], spec: JobSpec, old: JobSpec): FieldError[] {
  if (equalJson(spec[field], old[field])) return [];
  const struct = field in STRUCTS ? STRUCTS[field as keyof typeof STRUCTS] : undefined;
  const shown = struct && spec[field] ? goStruct(struct, spec[field] as object) : (spec[field] ?? null);
  return immutable(spec[field], old[field], AT.child(field), shown);
}

/** ValidateJobUpdate, after all that a new job is checked for. The spec is looked at twice, and its faults are told twice. */
export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const options = updateOptions(old);
  return [
    ...validate(job, options),
    ...validateSpec(job.spec, options),
    ...validateCompletions(job.spec, old.spec),
    ...immutable(job.spec.selector, old.spec.selector, AT.child('selector')),
    ...validateTemplateUpdate(job, old, AT.child('template')),
    ...IMMUTABLE.flatMap((field) => unchanged(field, job.spec, old.spec)),
  ];
}
