/** labels.FormatLabels: `a=b,c=d` by key, `<none>` without any. */
export const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels![key]}`)
    .join(',') || '<none>';

/** The first `max` of a list; ` + 2 more...` tells of the rest. */
export function shortList(items: readonly string[], max = 3): string {
  const shown = items.slice(0, max).join(',');
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown;
}
