import { type FieldError, fieldError, type Path, parseQuantity } from '@windlass/meta';
import type { HorizontalPodAutoscalerBehavior, HPAScalingPolicy, HPAScalingRules } from '../types.gen.ts';

const WINDOW_LIMIT = 3600;
const PERIOD_LIMIT = 1800;
const UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

/** SetDefaults_HorizontalPodAutoscalerBehavior: what one direction does not say follows from the default of it. */
export function defaultBehavior(behavior: HorizontalPodAutoscalerBehavior): void {
  const filled = (defaults: HPAScalingRules, rules: HPAScalingRules = {}): HPAScalingRules => ({
    ...structuredClone(defaults),
    ...rules,
  });
  behavior.scaleUp = filled(UP, behavior.scaleUp);
  behavior.scaleDown = filled(DOWN, behavior.scaleDown);
}

function policyErrors({ type, value, periodSeconds }: HPAScalingPolicy, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (type !== 'Pods' && type !== 'Percent')
    errors.push(fieldError.notSupported(at.child('type'), type ?? '', ['Percent', 'Pods']));
  if (!(value > 0)) errors.push(fieldError.invalid(at.child('value'), value ?? 0, 'must be greater than zero'));
  if (!(periodSeconds > 0))
    errors.push(fieldError.invalid(at.child('periodSeconds'), periodSeconds ?? 0, 'must be greater than zero'));
  if (periodSeconds > PERIOD_LIMIT)
    errors.push(fieldError.invalid(at.child('periodSeconds'), periodSeconds, `must be less than or equal to ${PERIOD_LIMIT}`));
  return errors;
}

function rulesErrors(rules: HPAScalingRules | undefined, at: Path): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  const wrong = (name: string, value: unknown, detail: string) => errors.push(fieldError.invalid(at.child(name), value, detail));
  if (window !== undefined && window < 0) wrong('stabilizationWindowSeconds', window, 'must be greater than or equal to zero');
  if (window !== undefined && window > WINDOW_LIMIT)
    wrong('stabilizationWindowSeconds', window, `must be less than or equal to ${WINDOW_LIMIT}`);
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy))
    errors.push(fieldError.notSupported(at.child('selectPolicy'), selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(fieldError.required(at.child('policies'), 'must specify at least one Policy'));
  policies.forEach((policy, i) => void errors.push(...policyErrors(policy, at.child('policies').index(i))));
  if (tolerance !== undefined && parseQuantity(tolerance).nanos < 0n)
    wrong('tolerance', tolerance, 'must be greater or equal to zero');
  return errors;
}

/** validateBehavior */
export const validateBehavior = (behavior: HorizontalPodAutoscalerBehavior | undefined, at: Path): FieldError[] => [
  ...rulesErrors(behavior?.scaleUp, at.child('scaleUp')),
  ...rulesErrors(behavior?.scaleDown, at.child('scaleDown')),
];
