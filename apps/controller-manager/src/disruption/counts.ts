import { formatTime } from '@windlass/meta';
import {
  disruptionAllowedConditions,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '@windlass/resources';
import { scaledValue } from '../shared/int-or-percent.ts';
import { isPodReady } from '../shared/pods.ts';

/** A pod that was to be evicted and is still there after this counts as available again. */
const DELETION_TIMEOUT_MS = 2 * 60_000;

export interface Wanted {
  expectedPods: number;
  desiredHealthy: number;
}

/** How many pods there should be and how many of them must stay; `scale` is what their controllers want, where the budget needs it. */
export function wantedOf({ spec }: PodDisruptionBudget, pods: number, scale: number): Wanted {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined)
    return { expectedPods: scale, desiredHealthy: Math.max(0, scale - scaledValue(maxUnavailable, scale, true)) };
  if (typeof minAvailable === 'string') return { expectedPods: scale, desiredHealthy: scaledValue(minAvailable, scale, true) };
  return minAvailable === undefined
    ? { expectedPods: 0, desiredHealthy: 0 }
    : { expectedPods: pods, desiredHealthy: minAvailable };
}

/** Whether {@link wantedOf} needs the scale of the pods' controllers. */
export const needsScale = ({ spec }: PodDisruptionBudget): boolean =>
  spec.maxUnavailable !== undefined || typeof spec.minAvailable === 'string';

export interface Disrupted {
  /** Pods whose eviction is under way, with its time. */
  pods: Record<string, string>;
  /** Were evicted and did not go. */
  overdue: Pod[];
  /** When to look again, in milliseconds. */
  recheckInMs?: number;
}

/** What is left of `status.disruptedPods`. */
export function disruptedOf(budget: PodDisruptionBudget, pods: readonly Pod[], now: number): Disrupted {
  const left: Disrupted = { pods: {}, overdue: [] };
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const at = budget.status?.disruptedPods?.[name];
    if (deletionTimestamp || !at) continue;
    const wait = Date.parse(at) + DELETION_TIMEOUT_MS - now;
    if (wait < 0) left.overdue.push(pod);
    else {
      left.pods[name] = at;
      left.recheckInMs = Math.min(left.recheckInMs ?? wait, wait);
    }
  }
  return left;
}

const healthyOf = (pods: readonly Pod[], disrupted: Record<string, string>): number =>
  pods.filter((pod) => !pod.metadata.deletionTimestamp && !(pod.metadata.name! in disrupted) && isPodReady(pod)).length;

/** The status that the pods give. */
export function budgetStatus(
  { metadata, status }: PodDisruptionBudget,
  pods: readonly Pod[],
  { expectedPods, desiredHealthy }: Wanted,
  disrupted: Record<string, string>,
  now: Date,
): PodDisruptionBudgetStatus {
  const currentHealthy = healthyOf(pods, disrupted);
  const next: PodDisruptionBudgetStatus = {
    // A budget without pods allows nothing, so that the first ones are protected before this controller has seen them.
    disruptionsAllowed: expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    observedGeneration: metadata.generation,
    conditions: status?.conditions,
    ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
  };
  return { ...next, conditions: disruptionAllowedConditions(next, now) };
}

/** Milliseconds until a DisruptionTarget condition counts as stale (≤ 0: it does); undefined where there is none to end. */
export function staleTargetInMs({ metadata, status }: Pod, now: number): number | undefined {
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined;
  const target = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  if (target?.status !== 'True') return undefined;
  return Date.parse(target.lastTransitionTime ?? formatTime(new Date(now))) + DELETION_TIMEOUT_MS - now;
}
