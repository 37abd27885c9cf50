import { equalJson, isMap, type JsonMap } from '../json-value.ts';
import { stableJson } from '../random-name.ts';
import type { Schema } from '../schema.ts';

/** The schema of one member of an object or map. */
export function propertySchema(schema: Schema, key: string): Schema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** What a member was before; undefined when it was not there. */
export const oldMember = (old: unknown, key: string): unknown => (isMap(old) && Object.hasOwn(old, key) ? old[key] : undefined);

/** Finds what an item of a list was before: by its keys in list-maps, never in other lists. */
export function oldItemsOf(schema: Schema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined;
  const identity = (item: unknown): string => stableJson(keys.map((key) => (item as JsonMap)[key] ?? null));
  const known = new Map<string, unknown>();
  for (const item of old) if (isMap(item) && !known.has(identity(item))) known.set(identity(item), item);
  return (item) => (isMap(item) ? known.get(identity(item)) : undefined);
}

/**
 * Whether a value is what it was, as far as its schema knows it (KEP-4008, CRDValidationRatcheting). Items of list-maps may have moved;
 * members without a schema cannot be compared, and count as changed.
 */
export function unchanged(value: unknown, old: unknown, schema: Schema): boolean {
  if (Array.isArray(value)) {
    if (!Array.isArray(old) || old.length !== value.length) return false;
    if (schema['x-kubernetes-list-type'] !== 'map' || !schema.items) return equalJson(value, old);
    const before = oldItemsOf(schema, old);
    return value.every((item) => {
      const was = before(item);
      return was !== undefined && unchanged(item, was, schema.items!);
    });
  }
  if (!isMap(value)) return value === old;
  const keys = Object.keys(value);
  if (!isMap(old) || Object.keys(old).length !== keys.length) return false;
  return keys.every((key) => {
    const below = propertySchema(schema, key);
    return below !== undefined && Object.hasOwn(old, key) && unchanged(value[key], old[key], below);
  });
}
