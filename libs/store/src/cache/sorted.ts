/** Index of the first item whose key is not below `key`. Plain string order: equal to the store's byte order for everything Kubernetes allows in names. */
export function lowerBound(items: readonly { key: string }[], key: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The half-open range of items that a prefix covers; a prefix without a trailing slash is one exact key. `after` is an exclusive lower bound. */
export function rangeOf(items: readonly { key: string }[], prefix: string, after?: string): [number, number] {
  if (!prefix.endsWith('/')) {
    const at = lowerBound(items, prefix);
    return [at, items[at]?.key === prefix && !(after && prefix <= after) ? at + 1 : at];
  }
  // '0' follows '/' in ASCII.
  const end = lowerBound(items, `${prefix.slice(0, -1)}0`);
  let start = lowerBound(items, prefix);
  if (after && after >= prefix) {
    start = lowerBound(items, after);
    if (items[start]?.key === after) start++;
  }
  return [Math.min(start, end), end];
}
