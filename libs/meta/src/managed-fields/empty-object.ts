import { refName, structName } from '../decode/go-types.ts';
import { NOT_MATERIALISED, nullWhenUnset } from '../decode/zero-values.ts';
import type { Schema, SchemaSource } from '../schema.ts';

/**
 * What Go writes for a new, untouched object of a built-in kind: structs that are no pointers as objects, required lists, maps and
 * pointers as null. Creates are compared with this, so that `f:spec` itself gets no owner but `f:data` does.
 */
export function emptyObject(name: string, source: SchemaSource): Record<string, unknown> {
  const schema = source(name);
  const out: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema?.properties ?? {})) {
    const required = schema?.required?.includes(key) && !NOT_MATERIALISED.has(`${key}.${structName(name)}`);
    const written = required || nullWhenUnset(key, structName(name), refName(property));
    const value = emptyField(property, written ?? false, source);
    if (value !== undefined) out[key] = value;
  }
  return out;
}

function emptyField(property: Schema, required: boolean, source: SchemaSource): unknown {
  const reference = refName(property);
  const fallback = property.default;
  if (reference && typeof fallback === 'object' && fallback !== null) return emptyObject(reference, source);
  if (fallback === '' || fallback === 0 || fallback === false) return fallback;
  return required ? null : undefined;
}
