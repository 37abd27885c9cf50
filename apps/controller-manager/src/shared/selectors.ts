import type { LabelSelector } from '@windlass/resources';

type Labels = Record<string, string> | undefined;

/** metav1.LabelSelectorAsSelector: no selector matches nothing, an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  if (!matchesLabels(selector.matchLabels, labels)) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels?.[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}

/** Whether all of `wanted` are among `labels`. */
export const matchesLabels = (wanted: Labels, labels: Labels): boolean =>
  Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);

/** The string form that list requests and scale subresources carry. */
export function selectorString(selector: LabelSelector): string {
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'In') parts.push(`${key} in (${[...values].sort().join(',')})`);
    else if (operator === 'NotIn') parts.push(`${key} notin (${[...values].sort().join(',')})`);
    else parts.push(operator === 'Exists' ? key : `!${key}`);
  }
  return parts.sort().join(',');
}
