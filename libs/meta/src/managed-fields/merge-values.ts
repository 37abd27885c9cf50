import { cloneJson, isMap, type JsonMap, setKey } from '../json-value.ts';
import type { FieldSet } from './field-set.ts';
import { itemElement } from './list-items.ts';
import type { ListType, ManagedType } from './managed-type.ts';
import { granularList, granularMap, typeOfKey } from './walk.ts';

/**
 * Items of both lists: the applied list's order for what it names; live items that it does not name stay where they were
 * relative to their neighbours.
 */
function mergeLists(type: ListType, live: readonly unknown[], applied: readonly unknown[]): unknown[] {
  const element = (item: unknown): string => itemElement(type, item) ?? JSON.stringify(item);
  const liveByElement = new Map(live.map((item) => [element(item), item]));
  const appliedElements = applied.map(element);
  const named = new Set(appliedElements);
  const shared = appliedElements.filter((name) => liveByElement.has(name));
  const merged = new Set<string>();
  const out: unknown[] = [];
  let next = 0;
  const take = (index: number): void => {
    const name = appliedElements[index] as string;
    if (shared[next] === name) next++;
    merged.add(name);
    const twin = liveByElement.get(name);
    out.push(twin === undefined ? cloneJson(applied[index]) : mergeValues(type.element, twin, applied[index]));
  };
  let l = 0;
  let r = 0;
  while (l < live.length || r < applied.length) {
    const liveName = l < live.length ? element(live[l]) : undefined;
    if (liveName !== undefined && r < applied.length) {
      if (liveName === appliedElements[r]) {
        take(r++);
        l++;
        continue;
      }
      if (named.has(liveName) && liveName !== shared[next]) {
        // Named by the applied list, but not its turn: it comes with the applied order.
        l++;
        continue;
      }
    }
    if (liveName !== undefined) {
      if (!named.has(liveName)) {
        out.push(live[l++]);
        continue;
      }
      if (merged.has(liveName)) l++;
    }
    if (r < applied.length) take(r++);
    else if (liveName !== undefined && !merged.has(liveName)) l++;
  }
  return out;
}

/** TypedValue.Merge: the applied value laid over the live one, part by part. The live value is not changed but shared. */
export function mergeValues(type: ManagedType, live: unknown, applied: unknown): unknown {
  if (live === undefined || live === null) return cloneJson(applied);
  const map = granularMap(type, applied);
  if (map && isMap(live)) {
    const out: JsonMap = { ...live };
    for (const key of Object.keys(map.map)) {
      const below = Object.hasOwn(out, key) ? out[key] : undefined;
      setKey(out, key, mergeValues(typeOfKey(map.type, key), below, map.map[key]));
    }
    return out;
  }
  const list = granularList(type, applied);
  if (list && Array.isArray(live)) return mergeLists(list, live, applied as unknown[]);
  return cloneJson(applied);
}

/** TypedValue.RemoveItems: the value without the set's paths. A container that became empty is undefined, inside another one null. */
export function removeItems(type: ManagedType, value: unknown, set: FieldSet): unknown {
  if (!set.children) return value;
  const map = granularMap(type, value);
  if (map) {
    const out: JsonMap = {};
    let any = false;
    for (const key of Object.keys(map.map)) {
      const below = set.children.get(`f:${key}`);
      if (below?.member) continue;
      any = true;
      setKey(out, key, below ? (removeItems(typeOfKey(map.type, key), map.map[key], below) ?? null) : map.map[key]);
    }
    return any ? out : undefined;
  }
  const list = granularList(type, value);
  if (!list) return value;
  const out: unknown[] = [];
  for (const item of value as unknown[]) {
    const below = set.children.get(itemElement(list, item) ?? '');
    if (below?.member) continue;
    out.push(below ? (removeItems(list.element, item, below) ?? null) : item);
  }
  return out.length > 0 ? out : undefined;
}
