import { formatTime } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { PersistentVolume } from '../types.gen.ts';
import { defaultVolume } from './volume/defaults.ts';
import { accessModesText, phaseText, storageClassOf } from './volume/texts.ts';
import { validateVolume, validateVolumeUpdate } from './volume/validate.ts';
import { volumeWarnings } from './volume/warnings.ts';

const doc = (field: string): string => fieldDoc('core.v1.PersistentVolumeSpec', field);
const statusDoc = (field: string): string => fieldDoc('core.v1.PersistentVolumeStatus', field);

const claimText = ({ spec }: PersistentVolume): string =>
  spec.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '';

export const persistentVolumes = builtin<PersistentVolume>('v1', 'persistentvolumes', {
  columns: [
    nameColumn,
    column('Capacity', 'string', doc('capacity'), ({ spec }) => spec.capacity?.storage ?? '0'),
    column('Access Modes', 'string', doc('accessModes'), ({ spec }) => accessModesText(spec.accessModes)),
    column(
      'Reclaim Policy',
      'string',
      doc('persistentVolumeReclaimPolicy'),
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    column('Status', 'string', statusDoc('phase'), phaseText),
    column('Claim', 'string', 'The claim that the volume is bound to, as namespace/name.', claimText),
    column('StorageClass', 'string', 'StorageClass of the pv', storageClassOf),
    column(
      'VolumeAttributesClass',
      'string',
      'VolumeAttributesClass of the pv',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
    column('Reason', 'string', statusDoc('reason'), ({ status }) => status?.reason ?? ''),
    ageColumn,
    column('VolumeMode', 'string', doc('volumeMode'), ({ spec }) => spec.volumeMode ?? '<unset>', { wide: true }),
  ],
  strategy: {
    default: defaultVolume,
    prepareForCreate(volume, { now }) {
      volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(now) };
    },
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
    warnings: volumeWarnings,
  },
  subresources: {
    status: {
      prepareForUpdate(volume: PersistentVolume, old: PersistentVolume, { now }: { now: Date }) {
        const { status } = volume;
        if (!status || status.phase === old.status?.phase) return;
        if (status.lastPhaseTransitionTime === old.status?.lastPhaseTransitionTime)
          status.lastPhaseTransitionTime = formatTime(now);
      },
      validateUpdate: () => [],
    },
  },
});
