import {
  type FieldError,
  fieldError,
  type LabelMatcher,
  type LabelSelector,
  labelSelectorMatcher,
  type Path,
  validateDns1123Label,
} from '@windlass/meta';
import { isEmptySelector, validateLabelSelector } from '../fields/label-selector.ts';
import { optionsFor } from '../podspec/pod-options.ts';
import { validatePodTemplate } from '../podspec/pod-template.ts';
import type { PodTemplateSpec } from '../types.gen.ts';

export const MISMATCH = '`selector` does not match template `labels`';

/** The labels of a template as an error shows them: Go's nil map is null. */
export const templateLabels = ({ metadata }: PodTemplateSpec): Record<string, string> | null => metadata?.labels ?? null;

/** Does the selector pick the template's pods? */
export function selectorMismatch(selector: LabelMatcher, template: PodTemplateSpec, at: Path): FieldError[] {
  if (selector.matches(template.metadata?.labels)) return [];
  return [fieldError.invalid(at.child('metadata', 'labels'), templateLabels(template), MISMATCH)];
}

/**
 * A required selector that is not empty and can be read. `readable` is false when nothing can be matched with it.
 * @param kind as the text for an empty one names it
 */
export function validateOwnSelector(
  selector: LabelSelector | undefined,
  kind: string,
  at: Path,
  unreadable = 'invalid label selector',
): { errors: FieldError[]; readable: boolean } {
  if (!selector) return { errors: [fieldError.required(at)], readable: true };
  const errors = validateLabelSelector(selector, at);
  if (isEmptySelector(selector)) errors.push(fieldError.invalid(at, selector, `empty selector is invalid for ${kind}`));
  try {
    labelSelectorMatcher(selector);
  } catch {
    errors.push(fieldError.invalid(at, selector, unreadable));
    return { errors, readable: false };
  }
  return { errors, readable: true };
}

/** Templates whose pods are replaced when they end, and never give up. @param kind as the text names it */
export function validateRestartingPods({ spec }: PodTemplateSpec, kind: string, at: Path): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = spec!;
  const errors: FieldError[] = [];
  if (restartPolicy !== 'Always')
    errors.push(fieldError.notSupported(at.child('spec', 'restartPolicy'), restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(fieldError.forbidden(at.child('spec', 'activeDeadlineSeconds'), detail));
  }
  return errors;
}

/** ValidatePodTemplateSpecForReplicaSet; Deployments and ReplicationControllers share it. */
export const validateReplicaTemplate = (
  template: PodTemplateSpec,
  selector: LabelMatcher,
  kind: string,
  at: Path,
  old?: PodTemplateSpec,
): FieldError[] => [
  ...selectorMismatch(selector, template, at),
  ...validatePodTemplate(template, at, optionsFor(old?.spec)),
  ...validateRestartingPods(template, kind, at),
];

/** A name that pods and their hosts carry on. */
export function podNameWarnings(name: string | undefined): string[] {
  const texts = validateDns1123Label(name ?? '');
  if (texts.length === 0) return [];
  const head = 'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior';
  return [`${head}; a DNS label is recommended: [${texts.join(' ')}]`];
}
