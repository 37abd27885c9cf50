import type { Column, ResourceDefinition } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { Scale } from '../types.gen.ts';

const columns = [
  { ...nameColumn, format: '' },
  column<Scale>('Desired', 'integer', fieldDoc('autoscaling.v1.ScaleSpec', 'replicas'), ({ spec }) => spec?.replicas ?? 0),
  column<Scale>(
    'Available',
    'integer',
    fieldDoc('autoscaling.v1.ScaleStatus', 'replicas'),
    ({ status }) => status?.replicas ?? 0,
  ),
  ageColumn,
] as Column[];

/** autoscaling/v1 Scale: no resource of its own, but the form of every scale subresource. */
export const scale: ResourceDefinition = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  scope: 'Namespaced',
  names: { plural: 'scales', singular: 'scale' },
  schema: 'io.k8s.api.autoscaling.v1.Scale',
  columns,
};
