import { refName } from '../decode/go-types.ts';
import { emptyScalar, zeroRules } from '../decode/zero-values.ts';
import type { Schema, SchemaSource } from '../schema.ts';

/**
 * What Go writes for a new, untouched object of a built-in kind: structs that are no pointers as objects, required lists, maps and
 * pointers as null. Creates are compared with this, so that `f:spec` itself gets no owner but `f:data` does.
 */
export function emptyObject(name: string, source: SchemaSource): Record<string, unknown> {
  const zeros = zeroRules(name);
  const out: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(source(name)?.properties ?? {}))
    if (zeros.written(key)) out[key] = zeros.isPointer(key) ? null : emptyField(property, source);
  return out;
}

function emptyField(property: Schema, source: SchemaSource): unknown {
  const empty = emptyScalar(property);
  if (empty !== undefined) return empty;
  const reference = refName(property);
  return reference ? emptyObject(reference, source) : null;
}
