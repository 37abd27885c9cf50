import { path, Quantity } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { statusView } from '../generic/status.ts';
import { validateClaimSpec } from '../storage/claim-spec.ts';
import type { PersistentVolumeClaim } from '../types.gen.ts';
import { validateClaimStatus, validateClaimUpdate } from './volume/claim-update.ts';
import { alignDataSources } from './volume/data-sources.ts';
import { accessModesText, phaseText, storageClassOf } from './volume/texts.ts';
import { classAnnotationWarning } from './volume/warnings.ts';

const doc = (field: string): string => fieldDoc('core.v1.PersistentVolumeClaimSpec', field);
const statusDoc = (field: string): string => fieldDoc('core.v1.PersistentVolumeClaimStatus', field);

function warnings({ metadata, spec }: PersistentVolumeClaim): string[] {
  const storage = spec.resources?.requests?.storage;
  return [
    ...classAnnotationWarning(metadata.annotations),
    ...(storage !== undefined && !Quantity.parse(storage).isWhole()
      ? [`spec.resources.requests[storage]: fractional byte value "${storage}" is invalid, must be an integer`]
      : []),
  ];
}

export const persistentVolumeClaims = builtin<PersistentVolumeClaim>('v1', 'persistentvolumeclaims', {
  columns: [
    nameColumn,
    column('Status', 'string', statusDoc('phase'), phaseText),
    column('Volume', 'string', doc('volumeName'), ({ spec }) => spec.volumeName ?? ''),
    column('Capacity', 'string', statusDoc('capacity'), ({ spec, status }) =>
      spec.volumeName ? (status?.capacity?.storage ?? '0') : '',
    ),
    column('Access Modes', 'string', statusDoc('accessModes'), ({ spec, status }) =>
      spec.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    column('StorageClass', 'string', 'StorageClass of the pvc', storageClassOf),
    column(
      'VolumeAttributesClass',
      'string',
      'VolumeAttributesClass of the pvc',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
    ageColumn,
    column('VolumeMode', 'string', doc('volumeMode'), ({ spec }) => spec.volumeMode ?? '<unset>', { wide: true }),
  ],
  strategy: {
    default(claim) {
      claim.spec.volumeMode ??= 'Filesystem';
      claim.status ??= {};
      claim.status.phase ||= 'Pending';
    },
    prepareForCreate(claim) {
      claim.status = { phase: 'Pending' };
      alignDataSources(claim.spec, undefined);
    },
    prepareForUpdate: (claim, old) => alignDataSources(claim.spec, old.spec),
    validate: ({ spec }) => validateClaimSpec(spec, path('spec')),
    validateUpdate: validateClaimUpdate,
    warnings,
  },
  subresources: { status: statusView<PersistentVolumeClaim>(validateClaimStatus) },
});
