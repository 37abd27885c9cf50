import type { HorizontalPodAutoscaler } from '@windlass/resources';
import { minReplicasOf } from './behavior.ts';
import type { Combined } from './combine.ts';
import type { History } from './history.ts';
import { normalize, type Verdict } from './normalize.ts';

export interface Decision {
  replicas: number;
  /** Why the size changes, for the event; empty when it does not. */
  reason: string;
  conditions: (Omit<Verdict, 'type'> & { type: string })[];
  /** What was recommended before stabilization, for the history. */
  recommendation?: number;
}

/** Sizes that need no metrics: switched off at zero, or outside of minimum and maximum. */
export function decideWithoutMetrics(hpa: HorizontalPodAutoscaler, current: number): Decision | undefined {
  const min = minReplicasOf(hpa);
  if (current === 0 && min !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    const condition = { type: 'ScalingActive', status: 'False' as const, reason: 'ScalingDisabled', message };
    return { replicas: 0, reason: '', conditions: [condition] };
  }
  if (current > hpa.spec.maxReplicas)
    return { replicas: hpa.spec.maxReplicas, reason: 'Current number of replicas above Spec.MaxReplicas', conditions: [] };
  if (current < min) return { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas', conditions: [] };
  return undefined;
}

/** The new size on what the metrics ask for. `wanted` is {@link Combined} with a replica count. */
export function decide(
  hpa: HorizontalPodAutoscaler,
  history: History,
  current: number,
  wanted: Combined & { replicas: number },
  downWindowSeconds: number,
  now: number,
): Decision {
  const { replicas, conditions } = normalize(hpa, history, current, wanted.replicas, downWindowSeconds, now);
  const up = wanted.replicas > 0 ? `${wanted.metric} above target` : ' above target';
  const text = wanted.replicas > current ? up : wanted.replicas < current ? 'All metrics below target' : '';
  const active = { type: 'ScalingActive', ...wanted.condition };
  return {
    replicas,
    reason: replicas === current ? '' : text,
    conditions: [active, ...conditions],
    recommendation: wanted.replicas,
  };
}
