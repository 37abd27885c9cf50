import { cloneJson, equalJson, type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { inclusiveRange } from '../fields/messages.ts';
import { validateTolerations } from '../fields/taints.ts';
import { objectDiff } from '../internal/object-diff.ts';
import { goPodSpec } from '../internal/pod-spec.ts';
import type { Container, Pod, PodSpec, Toleration } from '../types.gen.ts';
import { annotationChanges } from './annotation-updates.ts';
import { noPaddedImage } from './ephemeral-containers.ts';
import { gatedChanges } from './gated-updates.ts';
import { optionsFor } from './pod-options.ts';
import { validatePod } from './pod-rules.ts';

const SPEC = path('spec');
const MAX_INT32 = 2 ** 31 - 1;

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** @returns undefined when the lists cannot be compared any further */
function containerChanges(next: readonly Container[] = [], old: readonly Container[] = [], at: Path) {
  if (next.length !== old.length)
    return { errors: [fieldError.forbidden(at, 'pod updates may not add or remove containers')], stop: true };
  const errors = next.flatMap(({ image }, i) => [
    ...(image ? [] : [fieldError.required(at.index(i).child('image'))]),
    ...noPaddedImage(image, at.index(i)),
  ]);
  return { errors, stop: false };
}

function deadlineChanges(next: number | undefined, old: number | undefined): { errors: FieldError[]; stop: boolean } {
  const at = SPEC.child('activeDeadlineSeconds');
  const refuse = (detail: string, stop: boolean) => ({ errors: [fieldError.invalid(at, next ?? null, detail)], stop });
  if (next === undefined)
    return old === undefined
      ? { errors: [], stop: false }
      : refuse('must not update from a positive integer to nil value', false);
  if (next < 0 || next > MAX_INT32) return refuse(inclusiveRange(0, MAX_INT32), true);
  if (old !== undefined && old < next) return refuse('must be less than or equal to previous value', true);
  return { errors: [], stop: false };
}

/** Tolerations may be added, and their seconds may change. */
function tolerationChanges(next: readonly Toleration[] = [], old: readonly Toleration[] = []): FieldError[] {
  const at = SPEC.child('tolerations');
  const same = (a: Toleration, b: Toleration): boolean => equalJson({ ...a, tolerationSeconds: b.tolerationSeconds }, b);
  const kept = old.every((before) => next.some((after) => same(before, after)));
  if (!kept) return [fieldError.forbidden(at, 'existing toleration can not be modified except its tolerationSeconds')];
  return validateTolerations(next, at);
}

function gateChanges(next: PodSpec['schedulingGates'] = [], old: PodSpec['schedulingGates'] = []): FieldError[] {
  return next.flatMap(({ name }, i) =>
    old.some((gate) => gate.name === name)
      ? []
      : [
          fieldError.forbidden(
            SPEC.child('schedulingGates').index(i).child('name'),
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** The new spec with everything that may change set back to the old. */
function withoutAllowedChanges(next: PodSpec, old: PodSpec): { munged: PodSpec; errors: FieldError[] } {
  const munged = cloneJson(next);
  for (const field of ['containers', 'initContainers'] as const)
    munged[field]?.forEach((container, i) => {
      container.image = old[field]![i]!.image;
    });
  munged.activeDeadlineSeconds = old.activeDeadlineSeconds;
  munged.schedulingGates = old.schedulingGates;
  munged.tolerations = old.tolerations;
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && munged.terminationGracePeriodSeconds === 1)
    munged.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  const errors = old.schedulingGates?.length ? gatedChanges(munged, old, SPEC) : [];
  return { munged, errors };
}

/** ValidatePodUpdate */
export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors = [...validatePod(pod, optionsFor(old.spec)), ...annotationChanges(pod, old)];
  for (const field of ['containers', 'initContainers'] as const) {
    const changes = containerChanges(pod.spec[field], old.spec[field], SPEC.child(field));
    errors.push(...changes.errors);
    if (changes.stop) return errors;
  }
  const deadline = deadlineChanges(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds);
  errors.push(...deadline.errors);
  if (deadline.stop) return errors;
  errors.push(...tolerationChanges(pod.spec.tolerations, old.spec.tolerations));
  errors.push(...gateChanges(pod.spec.schedulingGates, old.spec.schedulingGates));
  if (equalJson(pod.spec, old.spec)) return errors;
  const { munged, errors: gated } = withoutAllowedChanges(pod.spec, old.spec);
  errors.push(...gated);
  if (!equalJson(munged, old.spec)) {
    const diff = objectDiff(goPodSpec(old.spec), goPodSpec(munged));
    errors.push(fieldError.forbidden(SPEC, `pod updates may not change fields other than ${UPDATABLE}\n${diff}`));
  }
  return errors;
}
