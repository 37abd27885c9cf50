import { equalJson, type FieldError, fieldError, path } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { VolumeAttributesClass } from '../types.gen.ts';
import { parameters, provisionerName } from './parameters.ts';

const validate = (one: VolumeAttributesClass): FieldError[] => [
  ...provisionerName(one.driverName, path('driverName')),
  ...parameters(one.parameters, path('parameters')),
  ...(Object.keys(one.parameters ?? {}).length === 0
    ? [fieldError.required(path('parameters'), 'must contain at least one key/value pair')]
    : []),
];

const unchanged = (one: VolumeAttributesClass, old: VolumeAttributesClass, field: 'driverName' | 'parameters'): FieldError[] =>
  equalJson(one[field], old[field]) ? [] : [fieldError.forbidden(path(field), `updates to ${field} are forbidden.`)];

export const volumeAttributesClasses = builtin<VolumeAttributesClass>('storage.k8s.io/v1', 'volumeattributesclasses', {
  columns: [
    nameColumn,
    column<VolumeAttributesClass>(
      'DriverName',
      'string',
      fieldDoc('storage.v1.VolumeAttributesClass', 'driverName'),
      ({ driverName }) => driverName,
    ),
    ageColumn,
  ],
  strategy: {
    validate,
    validateUpdate: (one, old) => [...unchanged(one, old, 'driverName'), ...unchanged(one, old, 'parameters'), ...validate(one)],
  },
});
