import type { HorizontalPodAutoscaler } from '@windlass/resources';
import { behaviorOf, type FullRules, minReplicasOf } from './behavior.ts';
import type { History } from './history.ts';

export interface Verdict {
  type: 'AbleToScale' | 'ScalingLimited';
  status: 'True' | 'False';
  reason: string;
  message: string;
}
export interface Normalized {
  replicas: number;
  conditions: Verdict[];
}

const TOO_FEW = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };
const TOO_MANY = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const UP_LIMIT = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const DOWN_LIMIT = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};
const IN_RANGE = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };

/** Stabilizes and limits what the metrics ask for. (horizontal.go normalizeDesiredReplicas, …WithBehaviors) */
export function normalize(
  hpa: HorizontalPodAutoscaler,
  history: History,
  current: number,
  wanted: number,
  downWindowSeconds: number,
  now: number,
): Normalized {
  const { up, down } = behaviorOf(hpa, downWindowSeconds);
  const explicit = hpa.spec.behavior !== undefined;
  const stable = stabilize(history, current, wanted, explicit ? up.stabilizationWindowSeconds : undefined, down, now);
  const able: Verdict =
    stable === wanted
      ? { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
      : { type: 'AbleToScale', status: 'True', ...stabilized(explicit && wanted >= current) };
  const limited = explicit ? limitByRate(hpa, history, current, stable, up, down, now) : limit(hpa, current, stable);
  const status = limited.replicas === stable ? 'False' : 'True';
  const { reason, message } = limited;
  return { replicas: limited.replicas, conditions: [able, { type: 'ScalingLimited', status, reason, message }] };
}

const stabilized = (up: boolean) => ({
  reason: up ? 'ScaleUpStabilized' : 'ScaleDownStabilized',
  message: up
    ? 'recent recommendations were lower than current one, applying the lowest recent recommendation'
    : 'recent recommendations were higher than current one, applying the highest recent recommendation',
});

/** Without an own behaviour only going down is stabilized, and the highest recommendation counts whatever the current size. */
function stabilize(
  { recommendations }: History,
  current: number,
  wanted: number,
  upWindow: number | undefined,
  down: FullRules,
  now: number,
): number {
  const within = (seconds: number) => recommendations.filter(({ at }) => at > now - seconds * 1000).map((r) => r.replicas);
  const highest = Math.max(wanted, ...within(down.stabilizationWindowSeconds));
  if (upWindow === undefined) return highest;
  const lowest = Math.min(wanted, ...within(upWindow));
  return Math.min(Math.max(current, lowest), highest);
}

type Limited = { replicas: number; reason: string; message: string };

function limit(hpa: HorizontalPodAutoscaler, current: number, wanted: number): Limited {
  const rate = Math.max(2 * current, 4);
  const { maxReplicas } = hpa.spec;
  if (wanted < minReplicasOf(hpa)) return { replicas: minReplicasOf(hpa), ...TOO_FEW };
  if (maxReplicas > rate && wanted > rate) return { replicas: rate, ...UP_LIMIT };
  return wanted > maxReplicas ? { replicas: maxReplicas, ...TOO_MANY } : { replicas: wanted, ...IN_RANGE };
}

function limitByRate(
  hpa: HorizontalPodAutoscaler,
  history: History,
  current: number,
  wanted: number,
  up: FullRules,
  down: FullRules,
  now: number,
): Limited {
  if (wanted > current) {
    const rate = Math.max(current, rateLimit(history, current, up, 'up', now));
    const max = Math.min(hpa.spec.maxReplicas, rate);
    if (wanted > max) return { replicas: max, ...(hpa.spec.maxReplicas > rate ? UP_LIMIT : TOO_MANY) };
  } else if (wanted < current) {
    const rate = Math.min(current, rateLimit(history, current, down, 'down', now));
    const min = Math.max(minReplicasOf(hpa), rate);
    if (wanted < min) return { replicas: min, ...(minReplicasOf(hpa) < rate ? DOWN_LIMIT : TOO_FEW) };
  }
  return { replicas: wanted, ...IN_RANGE };
}

/** The furthest that the policies let the size go from what it was at the start of each policy's period. */
function rateLimit(history: History, current: number, rules: FullRules, direction: 'up' | 'down', now: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const changed = (list: History['ups']) =>
      list.filter(({ at }) => at > now - periodSeconds * 1000).reduce((sum, { change }) => sum + change, 0);
    const start = current - changed(history.ups) + changed(history.downs);
    const sign = direction === 'up' ? 1 : -1;
    if (type === 'Pods') return start + sign * value;
    const exact = start * (1 + (sign * value) / 100);
    return direction === 'up' ? Math.ceil(exact) : Math.trunc(exact);
  });
  // The policy that allows the most change is Max, whichever way.
  const most = (rules.selectPolicy === 'Min') === (direction === 'down');
  return most ? Math.max(...limits) : Math.min(...limits);
}
