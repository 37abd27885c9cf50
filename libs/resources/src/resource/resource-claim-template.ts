import {
  type FieldError,
  fieldError,
  type ObjectMeta,
  type Path,
  path,
  validateAnnotations,
  validateLabels,
} from '@windlass/meta';
import { goField, goForm } from '../fields/go-form.ts';
import { immutable } from '../fields/immutable.ts';
import { ageColumn, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { ResourceClaimTemplate } from '../types.gen.ts';
import { CLAIM_SPEC_SHAPE } from './claim-shape.ts';
import { defaultDeviceClaim, validateDeviceClaim } from './device-claim.ts';

const ALLOWED: ReadonlySet<string> = new Set(['annotations', 'labels', 'creationTimestamp']);

/** Metadata that is copied to what a template makes: labels and annotations alone. */
function templateMetadata(metadata: ObjectMeta, at: Path): FieldError[] {
  const others = Object.keys(metadata).filter((field) => !ALLOWED.has(field));
  return [
    ...validateAnnotations(metadata.annotations, at.child('annotations')),
    ...validateLabels(metadata.labels, at.child('labels')),
    ...others.map((field) => fieldError.forbidden(at.child(field.charAt(0).toUpperCase() + field.slice(1)), 'cannot be set')),
  ];
}

const SHAPE = [
  { json: 'metadata', go: 'ObjectMeta', zero: {} },
  goField('spec', { Devices: { Requests: null, Constraints: null, Config: null } }, CLAIM_SPEC_SHAPE),
];

export const resourceClaimTemplates = builtin<ResourceClaimTemplate>('resource.k8s.io/v1', 'resourceclaimtemplates', {
  columns: [nameColumn, ageColumn],
  strategy: {
    default: ({ spec }) => defaultDeviceClaim(spec.spec?.devices ?? {}),
    validate: ({ spec }) => [
      ...templateMetadata(spec.metadata ?? {}, path('spec', 'metadata')),
      ...validateDeviceClaim(spec.spec?.devices ?? {}, path('spec', 'spec', 'devices')),
    ],
    validateUpdate: ({ spec }, old) => immutable(spec, old.spec, path('spec'), goForm(spec, SHAPE)),
  },
});
