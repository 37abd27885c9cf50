import { setCondition } from '@windlass/meta';
import type { Condition, PodDisruptionBudgetStatus } from '../types.gen.ts';

/** Type of a PodDisruptionBudget's one condition. */
export const DISRUPTION_ALLOWED = 'DisruptionAllowed';
/** Its reason when the controller could not count. */
export const SYNC_FAILED = 'SyncFailed';

/** The conditions with what `disruptionsAllowed` means for them (UpdateDisruptionAllowedCondition). */
export function disruptionAllowedConditions(status: PodDisruptionBudgetStatus, now: Date): Condition[] {
  const sufficient = (status.disruptionsAllowed ?? 0) > 0;
  const condition = {
    type: DISRUPTION_ALLOWED,
    status: sufficient ? ('True' as const) : ('False' as const),
    reason: sufficient ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: status.observedGeneration,
  } as Condition;
  return setCondition(status.conditions, condition, now);
}
