import type { ManagedFieldsEntry } from '../object.ts';
import { parentEntries, scaleEntries } from './scale.ts';

const entry = (
  manager: string,
  operation: 'Apply' | 'Update',
  fieldsV1: Record<string, unknown>,
  more: Partial<ManagedFieldsEntry> = {},
) =>
  ({
    manager,
    operation,
    apiVersion: 'apps/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  }) as const;
const replicas = { 'f:spec': { 'f:replicas': {} } };
const creator = entry('creator', 'Update', { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } });
const applier = entry('applier', 'Apply', replicas);
const scaler = { ...entry('hpa', 'Update', replicas, { apiVersion: 'autoscaling/v1', subresource: 'scale' }), time: undefined };

test('the owners of the replicas are those of the scale', () => {
  const other = entry('other', 'Update', { 'f:spec': { 'f:paused': {} } });
  expect(scaleEntries([applier, creator, other], 'apps/v1', 'spec.replicas')).toEqual([
    { ...applier, apiVersion: 'autoscaling/v1' },
    { ...creator, apiVersion: 'autoscaling/v1', fieldsV1: replicas },
  ]);
  expect(scaleEntries([other], 'apps/v1', 'spec.replicas')).toBeUndefined();
});

test('who scales takes the replicas, without a time', () => {
  expect(parentEntries([applier, creator], [scaler], 'apps/v1', 'spec.replicas')).toEqual([
    {
      manager: 'hpa',
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: replicas,
      subresource: 'scale',
    },
    { ...creator, fieldsV1: { 'f:spec': { 'f:paused': {} } } },
  ]);
});

test('an applier that shares them keeps its entry', () => {
  const shared = { ...applier, apiVersion: 'autoscaling/v1' };
  expect(parentEntries([applier], [shared, scaler], 'apps/v1', 'spec.replicas')).toContainEqual(applier);
});
