import { Quantity } from '@windlass/meta';
import type { HorizontalPodAutoscaler, HPAScalingRules } from '@windlass/resources';

/** Ratios of use to target that change nothing: 1 − down … 1 + up. */
export interface Tolerances {
  up: number;
  down: number;
}
const DEFAULT_TOLERANCE = 0.1;

export function tolerancesOf({ spec }: HorizontalPodAutoscaler): Tolerances {
  const of = (rules: HPAScalingRules | undefined) =>
    rules?.tolerance === undefined ? DEFAULT_TOLERANCE : Quantity.parse(rules.tolerance).toNumber();
  return { up: of(spec.behavior?.scaleUp), down: of(spec.behavior?.scaleDown) };
}

export const isWithin = (ratio: number, { up, down }: Tolerances): boolean => ratio >= 1 - down && ratio <= 1 + up;

export type FullRules = Required<Omit<HPAScalingRules, 'tolerance'>>;

/** Defaults of autoscaling/v2: up at once, by 4 pods or 100% per 15 s; down by 100% per 15 s after the stabilization window. */
export function behaviorOf({ spec }: HorizontalPodAutoscaler, downWindowSeconds: number): { up: FullRules; down: FullRules } {
  const up = spec.behavior?.scaleUp;
  const down = spec.behavior?.scaleDown;
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  return {
    up: {
      stabilizationWindowSeconds: up?.stabilizationWindowSeconds ?? 0,
      selectPolicy: up?.selectPolicy ?? 'Max',
      policies: up?.policies ?? [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
    },
    down: {
      stabilizationWindowSeconds: down?.stabilizationWindowSeconds ?? downWindowSeconds,
      selectPolicy: down?.selectPolicy ?? 'Max',
      policies: down?.policies ?? [percent],
    },
  };
}

export const minReplicasOf = ({ spec }: HorizontalPodAutoscaler): number => spec.minReplicas ?? 1;
