import { type FieldError, fieldError, path } from '@windlass/meta';
import type { Pod } from '../types.gen.ts';
import { profilesMatchAnnotations, validatePodAnnotations } from './annotations.ts';
import { noPaddedImage } from './ephemeral-containers.ts';
import type { PodOptions } from './options.ts';
import { validatePodSpec } from './pod-spec.ts';

const SPEC = path('spec');
const ANNOTATIONS = path('metadata', 'annotations');

/** validatePodMetadataAndSpec without the metadata that every kind has: what holds at every write of a pod. */
export function validatePod({ metadata, spec }: Pod, options: PodOptions = {}): FieldError[] {
  const errors = [
    ...validatePodAnnotations(metadata.annotations, spec, ANNOTATIONS),
    ...validatePodSpec(spec, SPEC, { ...options, isPod: true, podName: metadata.name }),
  ];
  if (!spec.serviceAccountName)
    spec.volumes?.forEach(({ projected }, i) => {
      projected?.sources?.forEach(({ serviceAccountToken }, j) => {
        if (!serviceAccountToken) return;
        const here = SPEC.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken');
        errors.push(fieldError.forbidden(here, 'must not be specified when serviceAccountName is not set'));
      });
    });
  for (const field of ['containers', 'initContainers'] as const)
    spec[field]?.forEach(({ image }, i) => void errors.push(...noPaddedImage(image, SPEC.child(field).index(i))));
  return errors;
}

/** ValidatePodCreate */
export function validatePodCreate(pod: Pod): FieldError[] {
  const { spec, metadata } = pod;
  const errors = validatePod(pod);
  if (spec.ephemeralContainers?.length)
    errors.push(fieldError.forbidden(SPEC.child('ephemeralContainers'), 'cannot be set on create'));
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.push(fieldError.forbidden(SPEC.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  return [...errors, ...profilesMatchAnnotations(metadata, spec, SPEC)];
}
