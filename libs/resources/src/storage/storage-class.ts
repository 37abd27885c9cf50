import { type FieldError, path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { immutable } from '../fields/immutable.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { DEFAULT_STORAGE_CLASS } from '../generic/default-class.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { StorageClass } from '../types.gen.ts';
import { parameters, provisionerName } from './parameters.ts';
import { allowedTopologies } from './topologies.ts';

const TYPE = 'storage.v1.StorageClass';

const validate = (one: StorageClass): FieldError[] => [
  ...provisionerName(one.provisioner, path('provisioner')),
  ...parameters(one.parameters, path('parameters')),
  ...oneOf(one.reclaimPolicy || undefined, ['Delete', 'Retain'], path('reclaimPolicy')),
  ...oneOf(one.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], path('volumeBindingMode')),
  ...allowedTopologies(one.allowedTopologies, path('allowedTopologies')),
];

const isDefault = ({ metadata }: StorageClass): boolean =>
  DEFAULT_STORAGE_CLASS.some((mark) => metadata.annotations?.[mark] === 'true');

export const storageClasses = builtin<StorageClass>('storage.k8s.io/v1', 'storageclasses', {
  columns: [
    { ...nameColumn, cell: (one) => `${one.metadata.name}${isDefault(one) ? ' (default)' : ''}` },
    column<StorageClass>('Provisioner', 'string', fieldDoc(TYPE, 'provisioner'), (one) => one.provisioner),
    column<StorageClass>('ReclaimPolicy', 'string', fieldDoc(TYPE, 'reclaimPolicy'), (one) => one.reclaimPolicy ?? 'Delete'),
    column<StorageClass>(
      'VolumeBindingMode',
      'string',
      fieldDoc(TYPE, 'volumeBindingMode'),
      (one) => one.volumeBindingMode ?? '<unset>',
    ),
    column<StorageClass>(
      'AllowVolumeExpansion',
      'string',
      fieldDoc(TYPE, 'allowVolumeExpansion'),
      (one) => one.allowVolumeExpansion ?? false,
    ),
    ageColumn,
  ],
  strategy: {
    default(one) {
      one.reclaimPolicy ??= 'Delete';
      one.volumeBindingMode ??= 'Immediate';
    },
    validate,
    validateUpdate: (one, old) => [
      ...validate(one),
      ...immutable(one.parameters, old.parameters, path('parameters')),
      ...immutable(one.provisioner, old.provisioner, path('provisioner')),
      ...immutable(one.reclaimPolicy, old.reclaimPolicy, path('reclaimPolicy')),
      ...immutable(one.volumeBindingMode, old.volumeBindingMode, path('volumeBindingMode')),
    ],
  },
});
