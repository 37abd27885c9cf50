import { cloneJson, isMap, type JsonMap } from '../json-value.ts';
import type { Schema } from '../schema.ts';

/**
 * Fills the defaults of a structural schema in place, also below objects that a default brought. A null member where null is not
 * allowed counts as absent: it becomes the default, or goes.
 */
export function applyDefaults(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isMap(value)) return;
  for (const [key, property] of Object.entries(schema.properties ?? {})) fill(value, key, property);
  if (typeof schema.additionalProperties === 'object') {
    for (const key of Object.keys(value)) {
      if (schema.properties && Object.hasOwn(schema.properties, key)) continue;
      fill(value, key, schema.additionalProperties, true);
    }
  }
}

function fill(map: JsonMap, key: string, schema: Schema, present = Object.hasOwn(map, key)): void {
  const nullable = schema.nullable === true;
  const absent = !present || (map[key] === null && !nullable);
  if (absent && schema.default !== undefined) map[key] = cloneJson(schema.default);
  else if (absent) delete map[key];
  if (map[key] !== undefined && map[key] !== null) applyDefaults(map[key], schema);
}
