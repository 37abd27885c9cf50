import { type FieldError, fieldError, path } from '@windlass/meta';
import { validateCounts } from '../apps/status-counts.ts';
import { validateConditions } from '../fields/conditions.ts';
import { oneOf } from '../fields/enums.ts';
import { type IntOrString, nonNegativeIntOrPercent, notMoreThan100Percent } from '../fields/int-or-percent.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../types.gen.ts';

const SPEC = path('spec');
const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];

const validateBound = (spec: PodDisruptionBudgetSpec, field: 'minAvailable' | 'maxUnavailable'): FieldError[] => {
  const value: IntOrString | undefined = spec[field];
  if (value === undefined) return [];
  return [...nonNegativeIntOrPercent(value, SPEC.child(field)), ...notMoreThan100Percent(value, SPEC.child(field))];
};

function validateSpec(spec: PodDisruptionBudgetSpec, allowInvalidValues: boolean): FieldError[] {
  const both = spec.minAvailable !== undefined && spec.maxUnavailable !== undefined;
  return [
    ...(both
      ? [
          fieldError.invalid(
            SPEC,
            goStruct('PodDisruptionBudgetSpec', spec),
            'minAvailable and maxUnavailable cannot be both set',
          ),
        ]
      : []),
    ...validateBound(spec, 'minAvailable'),
    ...validateBound(spec, 'maxUnavailable'),
    ...validateLabelSelector(spec.selector, SPEC.child('selector'), { allowInvalidValues }),
    ...oneOf(spec.unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget'], SPEC.child('unhealthyPodEvictionPolicy')),
  ];
}

/** ValidatePodDisruptionBudget. Names and labels are not looked at. */
export const validatePodDisruptionBudget = ({ spec = {} }: PodDisruptionBudget): FieldError[] => validateSpec(spec, false);

/** An object that holds selector values that are no label values may keep them. */
export function validatePodDisruptionBudgetUpdate({ spec = {} }: PodDisruptionBudget, old: PodDisruptionBudget): FieldError[] {
  const at = SPEC.child('selector');
  const lenient =
    validateLabelSelector(old.spec?.selector, at).length >
    validateLabelSelector(old.spec?.selector, at, { allowInvalidValues: true }).length;
  return validateSpec(spec, lenient);
}

/** ValidatePodDisruptionBudgetStatusUpdate */
export const validatePodDisruptionBudgetStatus = ({ status }: PodDisruptionBudget): FieldError[] => [
  ...validateConditions(status?.conditions, path('status', 'conditions')),
  ...validateCounts(status, COUNTS),
];
