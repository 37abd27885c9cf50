import { type FieldError, fieldError, type Path, validateAnnotations, validateLabels } from '@windlass/meta';
import type { PodTemplateSpec } from '../types.gen.ts';
import { profilesMatchAnnotations, validatePodAnnotations } from './annotations.ts';
import type { PodOptions } from './options.ts';
import { validatePodSpec } from './pod-spec.ts';

/** ValidatePodTemplateSpec. The paths of metadata leave `metadata` out, as Kubernetes' do. */
export function validatePodTemplate({ metadata = {}, spec }: PodTemplateSpec, at: Path, options: PodOptions = {}): FieldError[] {
  const podSpec = spec!;
  const annotations = at.child('annotations');
  const errors = [
    ...validateLabels(metadata.labels, at.child('labels')),
    ...validateAnnotations(metadata.annotations, annotations),
    ...validatePodAnnotations(metadata.annotations, podSpec, annotations),
    ...validatePodSpec(podSpec, at.child('spec'), options),
    ...profilesMatchAnnotations(metadata, podSpec, at.child('spec')),
  ];
  if (podSpec.ephemeralContainers?.length) {
    const here = at.child('spec', 'ephemeralContainers');
    errors.push(fieldError.forbidden(here, 'ephemeral containers not allowed in pod template'));
  }
  return errors;
}
