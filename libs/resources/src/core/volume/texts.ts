import type { KubeObject } from '@windlass/meta';
import { BETA_CLASS } from './warnings.ts';

const MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

/** `RWO,RWX` */
export const accessModesText = (modes: readonly string[] | undefined): string =>
  MODES.filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');

/** The storage class, from the annotation that came before the field if there is one. */
export const storageClassOf = ({ metadata, spec }: KubeObject & { spec?: { storageClassName?: string } }): string =>
  metadata.annotations?.[BETA_CLASS] ?? spec?.storageClassName ?? '';

export const phaseText = ({ metadata, status }: KubeObject & { status?: { phase?: string } }): string =>
  metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? '');
