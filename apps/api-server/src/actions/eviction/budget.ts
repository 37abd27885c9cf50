import { findCondition, forbidden, formatTime, type StatusError, tooManyRequests } from '@windlass/meta';
import {
  DISRUPTION_ALLOWED,
  disruptionAllowedConditions,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
  SYNC_FAILED,
} from '@windlass/resources';

const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";
const CAUSE = 'DisruptionBudget';
/** Evictions that the disruption controller has not confirmed. */
const MAX_DISRUPTED_PODS = 2000;
const RETRY_SECONDS = 10;

const nameOf = ({ metadata }: PodDisruptionBudget): string => metadata.name as string;

/** The budget cannot be judged now: try again. */
export const stillProcessed = (name: string): StatusError =>
  tooManyRequests(REFUSAL, RETRY_SECONDS, [
    { reason: CAUSE, message: `The disruption budget ${name} is still being processed by the server.` },
  ]);

function forbid(budget: PodDisruptionBudget, text: string, short: string): StatusError {
  const name = nameOf(budget);
  const error = forbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, text);
  const message = `The disruption budget ${name} does not allow evicting pods currently: ${short}`;
  error.status.details!.causes = [{ reason: CAUSE, message }];
  return error;
}

function whyExhausted(name: string, { conditions, currentHealthy = 0, desiredHealthy = 0 }: PodDisruptionBudgetStatus): string {
  const condition = findCondition(conditions, DISRUPTION_ALLOWED);
  const told = condition?.status === 'False' && condition.message ? condition : undefined;
  // Counts mean nothing when they could not be made.
  if (told?.reason === SYNC_FAILED)
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${told.message}`;
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  const detail = told ? ` (${told.reason}): ${told.message}` : '';
  return `The disruption budget ${name} does not allow evicting pods currently${detail}`;
}

/** No budget protects a pod that has not begun, has ended, or is on its way out. */
export const needsNoBudget = ({ metadata, status }: Pod): boolean =>
  !!metadata.deletionTimestamp || ['Pending', 'Succeeded', 'Failed'].includes(status?.phase ?? '');

/** Whether a pod that is not ready may go without a disruption being counted (spec.unhealthyPodEvictionPolicy, KEP-3017). */
export function lets(budget: PodDisruptionBudget, pod: Pod): boolean {
  if (findCondition(pod.status?.conditions, 'Ready')?.status === 'True') return false;
  if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** Takes one disruption from the budget for `pod`. Mutates the budget's status. @throws StatusError 403, 429 */
export function takeDisruption(budget: PodDisruptionBudget, pod: string, now: Date): void {
  budget.status ??= {} as PodDisruptionBudgetStatus;
  const { status, metadata } = budget;
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {} } = status;
  if (observedGeneration < (metadata.generation ?? 0)) throw stillProcessed(nameOf(budget));
  if (disruptionsAllowed < 0) throw forbid(budget, 'pdb disruptions allowed is negative', 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS)
    throw forbid(
      budget,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
      'too many pending evictions not confirmed by PDB controller',
    );
  if (disruptionsAllowed === 0)
    throw tooManyRequests(REFUSAL, 0, [{ reason: CAUSE, message: whyExhausted(nameOf(budget), status) }]);
  status.disruptionsAllowed = disruptionsAllowed - 1;
  if (status.disruptionsAllowed === 0) status.conditions = disruptionAllowedConditions(status, now);
  // The controller no longer counts the pod as available; when it is not gone in time, it does so again.
  status.disruptedPods = { ...disruptedPods, [pod]: formatTime(now) };
}
