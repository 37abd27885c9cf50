import {
  type FieldError,
  fieldError,
  type Path,
  validateAnnotations,
  validateDns1123Subdomain,
  validateLabels,
} from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { required, textErrors } from '../fields/names.ts';
import { positiveQuantity } from '../fields/quantities.ts';
import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '../types.gen.ts';

/** Sorted, as the errors list them. */
export const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES: readonly string[] = ['Block', 'Filesystem'];

/** Access modes of volumes and claims: known ones, and ReadWriteOncePod alone. */
export function validateAccessModes(modes: readonly string[], at: Path): FieldError[] {
  const errors = modes.flatMap((mode) => oneOf(mode, ACCESS_MODES, at));
  if (modes.includes('ReadWriteOncePod') && modes.some((m) => m !== 'ReadWriteOncePod' && ACCESS_MODES.includes(m)))
    errors.push(fieldError.forbidden(at, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

function validateDataSource(source: TypedLocalObjectReference | TypedObjectReference, at: Path): FieldError[] {
  const { name, kind } = source;
  const apiGroup = source.apiGroup ?? '';
  const errors = [...required(name, at.child('name')), ...required(kind, at.child('kind'))];
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim')
    errors.push(fieldError.invalid(at, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup !== '') errors.push(...textErrors(validateDns1123Subdomain, apiGroup, at.child('apiGroup')));
  return errors;
}

const sameSource = (a: TypedLocalObjectReference, b: TypedObjectReference): boolean =>
  (a.apiGroup ?? '') === (b.apiGroup ?? '') && a.kind === b.kind && a.name === b.name;

function validateDataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, at: Path): FieldError[] {
  const errors = [
    ...(dataSource ? validateDataSource(dataSource, at.child('dataSource')) : []),
    ...(dataSourceRef ? validateDataSource(dataSourceRef, at.child('dataSourceRef')) : []),
  ];
  if (!dataSource || !dataSourceRef) return errors;
  const shown = at.child('dataSource').text;
  if (dataSourceRef.namespace)
    errors.push(fieldError.invalid(at, shown, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (!sameSource(dataSource, dataSourceRef)) errors.push(fieldError.invalid(at, shown, 'must match dataSourceRef'));
  return errors;
}

/** ValidatePersistentVolumeClaimSpec */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, at: Path): FieldError[] {
  const { accessModes = [], storageClassName, volumeAttributesClassName: attributes } = spec;
  const storage = spec.resources?.requests?.storage;
  const size = at.child('resources').key('storage');
  return [
    ...(accessModes.length === 0 ? [fieldError.required(at.child('accessModes'), 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(spec.selector, at.child('selector')),
    ...validateAccessModes(accessModes, at.child('accessModes')),
    ...(storage === undefined ? [fieldError.required(size)] : positiveQuantity(storage, size)),
    ...(storageClassName ? textErrors(validateDns1123Subdomain, storageClassName, at.child('storageClassName')) : []),
    ...oneOf(spec.volumeMode, VOLUME_MODES, at.child('volumeMode')),
    ...validateDataSources(spec, at),
    ...(attributes ? textErrors(validateDns1123Subdomain, attributes, at.child('volumeAttributesClassName')) : []),
  ];
}

/** The template of a claim that is made for a pod: its metadata may hold labels and annotations alone. */
export function validateClaimTemplate({ metadata = {}, spec }: PersistentVolumeClaimTemplate, at: Path): FieldError[] {
  const here = at.child('metadata');
  const errors = [
    ...validateAnnotations(metadata.annotations, here.child('annotations')),
    ...validateLabels(metadata.labels, here.child('labels')),
  ];
  for (const [field, value] of Object.entries(metadata))
    if (field !== 'annotations' && field !== 'labels' && value !== null)
      errors.push(fieldError.forbidden(here.child(field), 'cannot be set'));
  return [...errors, ...validateClaimSpec(spec, at.child('spec'))];
}
