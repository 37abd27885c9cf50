import { isMap, type JsonMap } from '../json-value.ts';
import type { ListType } from './managed-type.ts';

/**
 * The path element that names an item of an associative list: `k:{"name":"c"}` or `v:"x"`. Key fields that the item lacks take the
 * schema's default; without one (or in an item of another shape) the answer is undefined.
 */
export function itemElement(type: ListType, item: unknown): string | undefined {
  if (type.relation === 'set') return typeof item === 'object' && item !== null ? undefined : `v:${JSON.stringify(item)}`;
  if (!isMap(item)) return undefined;
  let text = 'k:{';
  for (let i = 0; i < type.keys.length; i++) {
    const key = type.keys[i] as string;
    const value = item[key] ?? type.keyDefaults[key];
    if (value === undefined) return undefined;
    text += `${i > 0 ? ',' : ''}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return `${text}}`;
}

/** Items by their element, in order; of items named alike the last counts. Unnamed ones are left out. @param repeated collects the elements that name several items */
export function itemsByElement(type: ListType, list: readonly unknown[], repeated?: Set<string>): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const item of list) {
    const element = itemElement(type, item);
    if (element === undefined) continue;
    if (items.has(element)) repeated?.add(element);
    items.set(element, item);
  }
  return items;
}

export const asMap = (value: unknown): JsonMap | undefined => (isMap(value) ? value : undefined);
export const asList = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined);
