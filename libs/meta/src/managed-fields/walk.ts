import { isEmptyMap, isMap, type JsonMap } from '../json-value.ts';
import { FieldSet } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import type { ListType, ManagedType, MapType } from './managed-type.ts';

/** The map that a value is walked as, or undefined when it is owned as a whole. */
export function granularMap(type: ManagedType, value: unknown): { map: JsonMap; type: MapType | undefined } | undefined {
  if (!isMap(value)) return undefined;
  if (type.kind === 'deduced') return type.atomic ? undefined : { map: value, type: undefined };
  return type.kind === 'map' && !type.atomic ? { map: value, type } : undefined;
}

export const granularList = (type: ManagedType, value: unknown): ListType | undefined =>
  type.kind === 'list' && type.relation !== 'atomic' && Array.isArray(value) ? type : undefined;

const DEDUCED: ManagedType = { kind: 'deduced', atomic: false };

/** Type of a key; `declared` tells a struct field from a free key. */
export const typeOfKey = (type: MapType | undefined, key: string): ManagedType =>
  type === undefined ? DEDUCED : (type.fields.get(key) ?? type.element ?? DEDUCED);

/** TypedValue.ToFieldSet: what an applied configuration claims. */
export function fieldSetOfValue(type: ManagedType, value: unknown): FieldSet {
  const set = new FieldSet();
  const map = granularMap(type, value);
  if (map) {
    for (const key in map.map) {
      const child = map.map[key];
      if (child === undefined) continue;
      const below = fieldSetOfValue(typeOfKey(map.type, key), child);
      if (child === null || isEmptyMap(child) || !map.type?.fields.has(key)) below.member = true;
      set.add(`f:${key}`, below);
    }
    return set;
  }
  const list = granularList(type, value);
  if (list) {
    const repeated = new Set<string>();
    for (const [element, item] of itemsByElement(list, value as unknown[], repeated)) {
      // Items named alike are owned together, as a whole.
      const below = repeated.has(element) ? new FieldSet() : fieldSetOfValue(list.element, item);
      below.member = true;
      set.add(element, below);
    }
    return set;
  }
  // An absent list or map claims nothing; scalars and atomic values claim their path.
  const absent = value === null && (type.kind === 'map' || type.kind === 'list');
  set.member = !absent || (type.kind === 'map' ? type.atomic : type.kind === 'list' && type.relation === 'atomic');
  return set;
}

/** Everything at and under a value that appeared or went away: also the containers' own paths. */
export function wholeSet(type: ManagedType, value: unknown): FieldSet {
  const set = new FieldSet(true);
  const map = granularMap(type, value);
  if (map) {
    for (const key in map.map) {
      const child = map.map[key];
      if (child !== undefined) set.add(`f:${key}`, wholeSet(typeOfKey(map.type, key), child));
    }
    return set;
  }
  const list = granularList(type, value);
  if (list) {
    const repeated = new Set<string>();
    for (const [element, item] of itemsByElement(list, value as unknown[], repeated))
      set.add(element, repeated.has(element) ? new FieldSet(true) : wholeSet(list.element, item));
  }
  return set;
}

/** Set.EnsureNamedFieldsAreMembers: struct fields on the way to a member count as members. */
export function withNamedFields(set: FieldSet, type: ManagedType): FieldSet {
  if (!set.children) return set;
  const out = new FieldSet(set.member);
  for (const [element, child] of set.children) {
    let below: ManagedType = DEDUCED;
    let named = false;
    if (element[0] === 'f') {
      const key = element.slice(2);
      if (type.kind === 'map') {
        named = type.fields.has(key);
        below = typeOfKey(type, key);
      }
    } else if (type.kind === 'list') below = type.element;
    const next = withNamedFields(child, below);
    out.add(element, named && !next.member ? new FieldSet(true, next.children) : next);
  }
  return out;
}
