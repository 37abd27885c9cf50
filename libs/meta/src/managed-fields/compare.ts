import { equalJson } from '../json-value.ts';
import { FieldSet } from './field-set.ts';
import { asList, asMap, itemsByElement } from './list-items.ts';
import type { ListType, ManagedType, MapType } from './managed-type.ts';
import { granularList, granularMap, typeOfKey, wholeSet } from './walk.ts';

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

const NOTHING: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };

/** Collects the comparisons of children; the sets come into being with the first difference. */
class Collector {
  private sets: Comparison | undefined;

  compare(element: string, type: ManagedType, before: unknown, after: unknown): void {
    if (before === after) return;
    if (before === undefined) this.open().added.add(element, wholeSet(type, after));
    else if (after === undefined) this.open().removed.add(element, wholeSet(type, before));
    else {
      const below = compareValues(type, before, after);
      if (below === NOTHING) return;
      const sets = this.open();
      sets.added.add(element, below.added);
      sets.modified.add(element, below.modified);
      sets.removed.add(element, below.removed);
    }
  }

  private open(): Comparison {
    this.sets ??= { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
    return this.sets;
  }

  get result(): Comparison {
    return this.sets ?? NOTHING;
  }
}

const leaf = (before: unknown, after: unknown): Comparison =>
  equalJson(before, after) ? NOTHING : { ...NOTHING, modified: new FieldSet(true) };

function compareMaps(type: MapType | undefined, before: unknown, after: unknown): Comparison {
  const left = asMap(before) ?? {};
  const right = asMap(after) ?? {};
  const collector = new Collector();
  for (const key in left) collector.compare(`f:${key}`, typeOfKey(type, key), left[key], right[key]);
  for (const key in right)
    if (left[key] === undefined) collector.compare(`f:${key}`, typeOfKey(type, key), undefined, right[key]);
  return collector.result;
}

function compareLists(type: ListType, before: unknown, after: unknown): Comparison {
  const left = itemsByElement(type, asList(before) ?? []);
  const right = itemsByElement(type, asList(after) ?? []);
  const collector = new Collector();
  for (const [element, item] of left) collector.compare(element, type.element, item, right.get(element));
  for (const [element, item] of right) if (!left.has(element)) collector.compare(element, type.element, undefined, item);
  return collector.result;
}

const isEmptyContainer = (value: unknown): boolean => {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value as object) return false;
  return true;
};

/** TypedValue.Compare of two present values. null stands for an empty container of the other side's shape. */
export function compareValues(type: ManagedType, before: unknown, after: unknown): Comparison {
  if (before === after) return NOTHING;
  const map = granularMap(type, before) ?? granularMap(type, after);
  if (map && (before === null || asMap(before)) && (after === null || asMap(after))) {
    if (isEmptyContainer(before) && isEmptyContainer(after)) return leaf(before, after);
    return compareMaps(map.type, before, after);
  }
  const list = granularList(type, before) ?? granularList(type, after);
  if (list && (before === null || asList(before)) && (after === null || asList(after))) {
    if (isEmptyContainer(before) && isEmptyContainer(after)) return leaf(before, after);
    return compareLists(list, before, after);
  }
  return leaf(before, after);
}

export const isSame = ({ added, modified, removed }: Comparison): boolean => added.empty && modified.empty && removed.empty;
