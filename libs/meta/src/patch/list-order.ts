import { equalJson, isMap } from '../json-value.ts';

/** Identity of list items in a strategic merge: the merge key's value for maps, the value itself for scalars. */
const sameItem = (a: unknown, b: unknown, mergeKey: string | undefined): boolean =>
  mergeKey !== undefined && isMap(a) && isMap(b) ? equalJson(a[mergeKey], b[mergeKey]) : equalJson(a, b);

const indexIn = (list: readonly unknown[], item: unknown, mergeKey: string | undefined): number =>
  list.findIndex((other) => sameItem(other, item, mergeKey));

/**
 * strategicpatch's normalizeElementOrder: items that the patch (or its $setElementOrder) names come in that order, the server's own
 * items keep their relative order, and the two are woven so that a server item stays before a patch item that it preceded.
 */
export function orderItems(
  merged: unknown[],
  patchOrder: unknown[],
  serverOrder: unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const position = new Map(merged.map((item) => [item, indexIn(patchOrder, item, mergeKey)]));
  const serverPosition = new Map(merged.map((item) => [item, indexIn(serverOrder, item, mergeKey)]));
  const byOrder = (order: Map<unknown, number>) => (a: unknown, b: unknown) =>
    (order.get(a) as number) - (order.get(b) as number);
  const right = merged.filter((item) => (position.get(item) as number) >= 0).sort(byOrder(position));
  const left = merged.filter((item) => (position.get(item) as number) < 0).sort(byOrder(serverPosition));
  const out: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const l = serverPosition.get(left[i]) as number;
    const r = serverPosition.get(right[j]) as number;
    out.push(l >= 0 && r >= 0 && l < r ? left[i++] : right[j++]);
  }
  return [...out, ...left.slice(i), ...right.slice(j)];
}

/** Whether the patch's items (deletions aside) come in the order that $setElementOrder gives. */
export function followsOrder(items: unknown[], order: unknown[], mergeKey: string | undefined): boolean {
  let at = 0;
  for (const entry of order) if (at < items.length && sameItem(items[at], entry, mergeKey)) at++;
  return at === items.length;
}
