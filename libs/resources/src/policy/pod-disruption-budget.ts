import type { Column } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { clearStatus, statusView } from '../generic/status.ts';
import type { PodDisruptionBudget } from '../types.gen.ts';
import {
  validatePodDisruptionBudget,
  validatePodDisruptionBudgetStatus,
  validatePodDisruptionBudgetUpdate,
} from './pod-disruption-budget-rules.ts';

const NOT_GIVEN = 'N/A';

const columns: readonly Column<PodDisruptionBudget>[] = [
  nameColumn as Column<PodDisruptionBudget>,
  column<PodDisruptionBudget>('Min Available', 'string', 'The minimum number of pods that must be available.', ({ spec }) =>
    String(spec.minAvailable ?? NOT_GIVEN),
  ),
  column<PodDisruptionBudget>('Max Unavailable', 'string', 'The maximum number of pods that may be unavailable.', ({ spec }) =>
    String(spec.maxUnavailable ?? NOT_GIVEN),
  ),
  column<PodDisruptionBudget>(
    'Allowed Disruptions',
    'integer',
    'Calculated number of pods that may be disrupted at this time.',
    ({ status }) => status?.disruptionsAllowed ?? 0,
  ),
  ageColumn as Column<PodDisruptionBudget>,
];

export const podDisruptionBudgets = builtin<PodDisruptionBudget>('policy/v1', 'poddisruptionbudgets', {
  columns,
  checksOwnMetadata: true,
  strategy: {
    prepareForCreate: clearStatus<PodDisruptionBudget>(() => ({
      disruptionsAllowed: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
    })),
    validate: validatePodDisruptionBudget,
    validateUpdate: validatePodDisruptionBudgetUpdate,
  },
  subresources: { status: statusView<PodDisruptionBudget>(validatePodDisruptionBudgetStatus) },
});
