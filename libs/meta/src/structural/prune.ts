import { isMap, type JsonMap } from '../json-value.ts';
import type { Schema } from '../schema.ts';

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Removes, in place, what a structural schema does not specify. Embedded resources and the root always keep apiVersion, kind and
 * metadata. Returns the paths that were removed, as strict validation names them.
 */
export function pruneStructural(object: JsonMap, schema: Schema): string[] {
  const removed: string[] = [];
  pruneMap(object, schema, true, '', removed);
  return removed;
}

function pruneValue(value: unknown, schema: Schema, path: string, removed: string[]): void {
  if (isMap(value)) pruneMap(value, schema, schema['x-kubernetes-embedded-resource'] === true, path, removed);
  else if (Array.isArray(value)) {
    const items = schema.items ?? {};
    value.forEach((item, i) => {
      pruneValue(item, items, `${path}[${i}]`, removed);
    });
  }
}

function pruneMap(map: JsonMap, schema: Schema, isResource: boolean, path: string, removed: string[]): void {
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const { properties, additionalProperties } = schema;
  for (const key of Object.keys(map)) {
    if (isResource && META_FIELDS.has(key)) continue;
    const here = path ? `${path}.${key}` : key;
    const property = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property) pruneValue(map[key], property, here, removed);
    else if (typeof additionalProperties === 'object') pruneValue(map[key], additionalProperties, here, removed);
    else if (additionalProperties !== true && !preserve) {
      removed.push(here);
      delete map[key];
    }
  }
}
