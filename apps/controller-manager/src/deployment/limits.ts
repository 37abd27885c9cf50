import type { Deployment } from '@windlass/resources';
import { scaledValue } from '../shared/int-or-percent.ts';

const isRolling = (deployment: Deployment): boolean => deployment.spec.strategy?.type !== 'Recreate';
const desired = (deployment: Deployment): number => deployment.spec.replicas ?? 1;

/** Surge rounds up, unavailable down; when both come to 0 one pod may be unavailable, or the rollout could not move. */
function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const rolling = deployment.spec.strategy?.rollingUpdate;
  const surge = scaledValue(rolling?.maxSurge, desired(deployment), true);
  const unavailable = scaledValue(rolling?.maxUnavailable, desired(deployment), false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** Pods beyond `spec.replicas` that a rollout may run. */
export const maxSurge = (deployment: Deployment): number => (isRolling(deployment) ? fenceposts(deployment).surge : 0);

/** Pods below `spec.replicas` that a rollout may leave. */
export function maxUnavailable(deployment: Deployment): number {
  if (!isRolling(deployment) || desired(deployment) === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, desired(deployment));
}
