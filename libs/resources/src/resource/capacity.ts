import { type FieldError, fieldError, type Path, Quantity } from '@windlass/meta';
import type { CapacityRequestPolicy, CapacityRequestPolicyRange, DeviceCapacity } from '../types.gen.ts';
import { eachOfSet } from './collections.ts';
import { MAX_POLICY_VALUES } from './limits.ts';

function validValues(values: readonly Quantity[], fallback: Quantity, max: Quantity, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (let i = 1; i < values.length; i++)
    if (values[i - 1]!.compare(values[i]!) > 0)
      errors.push(fieldError.invalid(at.index(i), String(values[i]), 'values must be sorted in ascending order'));
  const inCapacity = (value: Quantity, here: Path) =>
    value.compare(max) > 0 ? [fieldError.invalid(here, String(value), `option is larger than capacity value: ${max}`)] : [];
  errors.push(...eachOfSet(values, MAX_POLICY_VALUES, inCapacity, (value) => String(value.value()), at));
  if (!values.some((value) => value.compare(fallback) === 0))
    errors.push(fieldError.invalid(at, String(fallback), 'default value is not valid according to the requestPolicy'));
  return errors;
}

const isMultiple = (value: Quantity, min: Quantity, step: Quantity, at: Path): FieldError[] =>
  step.value() !== 0 && (value.value() - min.value()) % step.value() === 0
    ? []
    : [fieldError.invalid(at, String(value), `value is not a multiple of a given step (${step}) from (${min})`)];

function validRange(range: CapacityRequestPolicyRange, fallback: Quantity, capacity: Quantity, at: Path): FieldError[] {
  const read = (text: string | undefined) => (text === undefined ? undefined : Quantity.parse(text));
  const [min, max, step] = [read(range.min), read(range.max), read(range.step)];
  if (!min) return [fieldError.required(at.child('min'), 'required when validRange is defined')];
  const errors: FieldError[] = [];
  const bad = (field: string, value: Quantity, detail: string) =>
    void errors.push(fieldError.invalid(at.child(field), String(value), detail));
  if (min.compare(capacity) > 0) bad('min', min, `min is larger than capacity value: ${capacity}`);
  if (fallback.compare(min) < 0) bad('min', fallback, `default is less than min: ${min}`);
  if (max) {
    if (min.compare(max) > 0) bad('max', min, `min is larger than max: ${max}`);
    if (max.compare(capacity) > 0) bad('max', max, `max is larger than capacity value: ${capacity}`);
    if (fallback.compare(max) > 0) bad('max', fallback, `default is more than max: ${max}`);
  }
  if (step) {
    const next = min.add(step);
    if (next.compare(capacity) > 0) bad('step', step, `one step ${next} is larger than capacity value: ${capacity}`);
    errors.push(...isMultiple(fallback, min, step, at.child('step')));
    if (max) errors.push(...isMultiple(max, min, step, at.child('step')));
  }
  return errors;
}

function requestPolicy(policy: CapacityRequestPolicy, capacity: Quantity, at: Path): FieldError[] {
  const hasValues = (policy.validValues ?? []).length > 0;
  if (hasValues && policy.validRange)
    return [
      fieldError.forbidden(
        at,
        'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time',
      ),
    ];
  if (!hasValues && !policy.validRange) return [];
  const what = hasValues ? 'validValues' : 'validRange';
  if (policy.default === undefined) return [fieldError.required(at.child('default'), `required when ${what} is defined`)];
  const fallback = Quantity.parse(policy.default);
  return hasValues
    ? validValues(policy.validValues!.map(Quantity.parse), fallback, capacity, at.child(what))
    : validRange(policy.validRange!, fallback, capacity, at.child(what));
}

/** A capacity of a device; only what several claims share can be asked for in parts. */
export const deviceCapacity =
  (isShared: boolean) =>
  ({ value, requestPolicy: policy }: DeviceCapacity, at: Path): FieldError[] => {
    if (!policy) return [];
    const here = at.child('requestPolicy');
    return isShared
      ? requestPolicy(policy, Quantity.parse(value), here)
      : [fieldError.forbidden(here, 'allowMultipleAllocations must be true')];
  };
