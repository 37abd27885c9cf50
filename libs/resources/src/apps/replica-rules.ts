import type { FieldError } from '@windlass/meta';
import { notGreaterThan, validateCounts } from './status-counts.ts';

const LIMITED = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

/** The status of ReplicaSets and ReplicationControllers. */
export const validateReplicaStatus = ({ status }: { status?: object }): FieldError[] => [
  ...validateCounts(status, ['replicas', ...LIMITED, 'observedGeneration', 'terminatingReplicas']),
  ...notGreaterThan(status, LIMITED, 'replicas', 'status.replicas'),
  ...notGreaterThan(status, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
];
