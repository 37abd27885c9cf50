import { column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { ComponentCondition, ComponentStatus } from '../types.gen.ts';

const CONDITION = 'io.k8s.api.core.v1.ComponentCondition';

const health = ({ conditions }: ComponentStatus): ComponentCondition | undefined =>
  conditions?.find(({ type }) => type === 'Healthy');

function state(status: ComponentStatus): string {
  const condition = health(status);
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
}

export const componentStatuses = builtin<ComponentStatus>('v1', 'componentstatuses', {
  columns: [
    nameColumn,
    column<ComponentStatus>('Status', 'string', fieldDoc(CONDITION, 'status'), state),
    column<ComponentStatus>('Message', 'string', fieldDoc(CONDITION, 'message'), (one) => health(one)?.message ?? ''),
    column<ComponentStatus>('Error', 'string', fieldDoc(CONDITION, 'error'), (one) => health(one)?.error ?? ''),
  ],
});
