import { refName } from '../decode/go-types.ts';
import { isMap } from '../json-value.ts';
import type { Schema, SchemaSource } from '../schema.ts';

/** What Go's reflection calls the kind of a decoded JSON value. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map' : 'string';
}

function scalarProblem(goKind: string, value: unknown): string | undefined {
  const given = kindOf(value);
  const numeric = given === 'int64' || given === 'float64';
  if (goKind === 'string') {
    if (given === 'string') return undefined;
    return given === 'int64' ? 'cannot convert int64 to string' : 'unrecognized type: string';
  }
  if (goKind === 'bool') return given === 'bool' ? undefined : 'unrecognized type: bool';
  if (!numeric) return `unrecognized type: ${goKind}`;
  return given === 'float64' && goKind.startsWith('int') ? `cannot convert float64 to ${goKind}` : undefined;
}

/**
 * Why a patched value is no object of the schema, in the words of apimachinery's unstructured converter, which strategic merge patches
 * go through; undefined when it fits or when the kind's own decoder is to say.
 */
export function restoreProblem(schema: Schema, value: unknown, source: SchemaSource): string | undefined {
  if (value === null || value === undefined) return undefined;
  const name = refName(schema);
  if (name !== undefined) {
    const target = source(name);
    // Types that read themselves (Quantity, Time, IntOrString) have no properties.
    return target?.properties ? restoreProblem(target, value, source) : undefined;
  }
  const each = (items: readonly unknown[], of: (i: number) => Schema | undefined) => {
    for (const [i, item] of items.entries()) {
      const problem = restoreProblem(of(i) ?? {}, item, source);
      if (problem) return problem;
    }
    return undefined;
  };
  switch (schema.type) {
    case 'object': {
      const { properties, additionalProperties } = schema;
      if (!isMap(value))
        return properties ? `cannot restore struct from: ${kindOf(value)}` : `cannot restore map from ${kindOf(value)}`;
      const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
      const keys = Object.keys(value);
      return each(Object.values(value), (i) => properties?.[keys[i]!] ?? rest);
    }
    case 'array':
      return Array.isArray(value) ? each(value, () => schema.items) : `cannot restore slice from ${kindOf(value)}`;
    case 'string':
      if (schema.format === 'byte' && typeof value !== 'string') return `cannot restore slice from ${kindOf(value)}`;
      return schema.format && schema.format !== 'byte' ? undefined : scalarProblem('string', value);
    case 'integer':
      return scalarProblem(schema.format === 'int64' ? 'int64' : 'int32', value);
    case 'number':
      return scalarProblem('float64', value);
    case 'boolean':
      return scalarProblem('bool', value);
  }
  return undefined;
}
