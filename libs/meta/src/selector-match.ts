import type { LabelSelector } from './label-selector.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** One row of matchExpressions or of a node selector term. */
export interface SelectorRequirement {
  key: string;
  operator: string;
  values?: readonly string[];
}

const whole = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;

/** The value of a label; one that every JavaScript object has by its name (`constructor`) is none. */
export const labelValue = (labels: Labels, key: string): string | undefined =>
  labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;

/** labels.Requirement.Matches on the value of the requirement's key; `Gt` and `Lt` compare whole numbers, an unknown operator matches nothing. */
export function meetsRequirement(operator: string, values: readonly string[] | undefined, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values?.includes(value) === true;
    case 'NotIn':
      return value === undefined || !values?.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
  const [have, bound] = [whole(value), whole(values?.[0])];
  if (have === undefined || bound === undefined) return false;
  return operator === 'Gt' ? have > bound : operator === 'Lt' && have < bound;
}

/** Whether all of `wanted` are among `labels`. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/** LabelSelectorAsSelector of a selector that was validated when it was written: none matches nothing, an empty one everything. */
export const matchesSelector = (selector: LabelSelector | undefined, labels: Labels): boolean =>
  selector !== undefined &&
  matchesLabels(selector.matchLabels, labels) &&
  (selector.matchExpressions ?? []).every(({ key, operator, values }) =>
    meetsRequirement(operator, values, labelValue(labels, key)),
  );

/** A selector without any requirement, or none at all. */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  for (const _ in selector?.matchLabels) return false;
  return (selector?.matchExpressions ?? []).length === 0;
}
