import { type FieldError, fieldError, labelSelectorMatcher, path } from '@windlass/meta';
import type { Job } from '../types.gen.ts';

const PREFIX = 'batch.kubernetes.io/';
const UID = `${PREFIX}controller-uid`;
const NAME = `${PREFIX}job-name`;
/** Names of labels from before they had a prefix, in the order in which they are looked at. */
const LEGACY = ['controller-uid', 'job-name'] as const;

/** What the labels of the pods of a job are unless it selects them itself. */
export const jobLabels = ({ metadata }: Job): Record<string, string> => {
  const [uid, name] = [metadata.uid ?? '', metadata.name ?? ''];
  return { [LEGACY[0]]: uid, [LEGACY[1]]: name, [UID]: uid, [NAME]: name };
};

/** Gives a job the labels and the selector that set its pods apart. Labels that the client wrote stay, and are refused later if wrong. */
export function generateSelector(job: Job): void {
  const { spec } = job;
  if (spec.manualSelector) return;
  const labels = jobLabels(job);
  spec.template.metadata ??= {};
  spec.template.metadata.labels = { ...labels, ...spec.template.metadata.labels };
  spec.selector ??= {};
  spec.selector.matchLabels = { [UID]: labels[UID] as string, ...spec.selector.matchLabels };
}

/** Jobs of old servers have labels without prefix only. */
export const hasPrefixedLabels = ({ spec }: Job): boolean => {
  const labels = spec.template.metadata?.labels ?? {};
  return NAME in labels && UID in labels;
};

/** validateGeneratedSelector: nobody changed what the server made. @param prefixed also the labels with prefix are looked at */
export function validateGeneratedSelector(job: Job, prefixed: boolean): FieldError[] {
  const { metadata, spec } = job;
  if (spec.manualSelector || !spec.selector) return [];
  const wanted = Object.entries(jobLabels(job)).filter(([key]) => prefixed || !key.startsWith(PREFIX));
  const labels = spec.template.metadata?.labels ?? {};
  const at = path('spec', 'template', 'metadata', 'labels');
  const errors = metadata.uid ? [] : [fieldError.required(path('metadata', 'uid'))];
  for (const [key, value] of wanted)
    if (!(key in labels)) errors.push(fieldError.required(at.key(key), `must be '${value}'`));
    else if (labels[key] !== value) errors.push(fieldError.invalid(at.key(key), labels, `must be '${value}'`));
  if (!matches(spec.selector, Object.fromEntries(wanted)))
    errors.push(fieldError.invalid(path('spec', 'selector'), spec.selector, '`selector` not auto-generated'));
  return errors;
}

/** A selector that cannot be read is told elsewhere. */
function matches(selector: NonNullable<Job['spec']['selector']>, labels: Record<string, string>): boolean {
  try {
    return labelSelectorMatcher(selector).matches(labels);
  } catch {
    return true;
  }
}
