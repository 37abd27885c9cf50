import {
  compareQuantities,
  equalJson,
  type FieldError,
  fieldError,
  type Path,
  path,
  validateQualifiedName,
} from '@windlass/meta';
import { immutable } from '../../fields/immutable.ts';
import { textErrors } from '../../fields/names.ts';
import { goStruct } from '../../internal/go-struct.ts';
import { objectDiff } from '../../internal/object-diff.ts';
import { isNativeResource } from '../../podspec/resource-names.ts';
import { resourceQuantity } from '../../podspec/resources.ts';
import { validateClaimSpec } from '../../storage/claim-spec.ts';
import type { PersistentVolumeClaim } from '../../types.gen.ts';
import { BETA_CLASS } from './warnings.ts';

const SPEC = path('spec');
const FIXED = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

const annotation = ({ metadata }: PersistentVolumeClaim): string | undefined => metadata.annotations?.[BETA_CLASS];

/** The class moves from the annotation to the field. */
const movesFromAnnotation = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean => {
  const was = annotation(old);
  const now = annotation(claim);
  return (
    was !== undefined &&
    old.spec.storageClassName === undefined &&
    claim.spec.storageClassName === was &&
    (now === undefined || now === was)
  );
};

/** A claim without class gets one later. */
const comesLater = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean => {
  const { storageClassName } = claim.spec;
  const was = annotation(old);
  return (
    storageClassName !== undefined && old.spec.storageClassName === undefined && (was === undefined || was === storageClassName)
  );
};

/** What may not change, with everything that may change made equal. */
function validateFixed(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const next = structuredClone(claim.spec);
  const before = structuredClone(old.spec);
  const errors: FieldError[] = [];
  const same = <K extends keyof typeof next>(field: K, from: typeof next, to: typeof next) => {
    if (from[field] === undefined) delete to[field];
    else to[field] = from[field];
  };
  if (!before.volumeName) same('volumeName', next, before);
  if (movesFromAnnotation(claim, old)) delete next.storageClassName;
  else {
    if (annotation(claim) !== annotation(old))
      errors.push(fieldError.invalid(path('metadata', BETA_CLASS), annotation(claim) ?? '', 'field is immutable'));
    if (comesLater(claim, old)) same('storageClassName', before, next);
  }
  if (claim.status?.phase === 'Bound' && next.resources?.requests && old.spec.resources?.requests?.storage !== undefined)
    next.resources.requests.storage = old.spec.resources.requests.storage;
  same('volumeAttributesClassName', before, next);
  if (equalJson(next, before)) return errors;
  const diff = objectDiff(goStruct('PersistentVolumeClaimSpec', before), goStruct('PersistentVolumeClaimSpec', next));
  return [...errors, fieldError.forbidden(SPEC, `${FIXED}\n${diff}`)];
}

/** A claim shrinks to above what it has, so that a failed expansion can be taken back. */
function validateSize({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const now = spec.resources?.requests?.storage ?? '0';
  if (compareQuantities(now, old.spec.resources?.requests?.storage ?? '0') >= 0) return [];
  if (compareQuantities(now, old.status?.capacity?.storage ?? '0') > 0) return [];
  return [fieldError.forbidden(SPEC.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity')];
}

function validateAttributesClass({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const name = spec.volumeAttributesClassName;
  if (old.spec.volumeAttributesClassName === undefined || name === old.spec.volumeAttributesClassName || name) return [];
  const detail = `update from non-nil value to ${name === undefined ? 'nil' : 'an empty string'} is forbidden`;
  return [fieldError.forbidden(SPEC.child('volumeAttributesClassName'), detail)];
}

/** ValidatePersistentVolumeClaimUpdate */
export const validateClaimUpdate = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] => [
  ...validateClaimSpec(claim.spec, SPEC),
  ...validateFixed(claim, old),
  ...validateSize(claim, old),
  ...immutable(claim.spec.volumeMode, old.spec.volumeMode, path('volumeMode')),
  ...validateAttributesClass(claim, old),
];

const RESIZE = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
].sort();

function resourceKey(name: string, at: Path): FieldError[] {
  const errors = textErrors(validateQualifiedName, name, at);
  return errors.length === 0 && isNativeResource(name) && name !== 'storage'
    ? [fieldError.notSupported(at, name, ['storage'])]
    : errors;
}

const basic = (amount: string, at: Path): FieldError[] =>
  amount.startsWith('-') ? [fieldError.invalid(at, Number.parseInt(amount, 10), 'must be a valid resource quantity')] : [];

/** ValidatePersistentVolumeClaimStatusUpdate */
export function validateClaimStatus({ spec, status = {} }: PersistentVolumeClaim): FieldError[] {
  const capacity = path('status', 'capacity');
  const statuses = path('status', 'allocatedResourceStatus');
  const allocated = path('status', 'allocatedResources');
  return [
    ...(spec.accessModes?.length ? [] : [fieldError.required(path('Spec', 'accessModes'))]),
    ...Object.entries(status.capacity ?? {}).flatMap(([name, amount]) => basic(amount, capacity.key(name))),
    ...Object.entries(status.allocatedResourceStatuses ?? {}).flatMap(([name, state]) => [
      ...resourceKey(name, statuses),
      ...(RESIZE.includes(state) ? [] : [fieldError.notSupported(statuses, name, RESIZE)]),
    ]),
    ...Object.entries(status.allocatedResources ?? {}).flatMap(([name, amount]) => {
      const wrong = [...resourceKey(name, allocated)];
      if (wrong.length > 0) return wrong;
      const bad = basic(amount, allocated.key(name));
      return bad.length > 0 ? bad : resourceQuantity('storage', amount, allocated.key(name));
    }),
  ];
}
