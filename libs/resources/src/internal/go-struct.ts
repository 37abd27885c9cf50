import { isMap } from '@windlass/meta';
import { STRUCTS } from './structs.ts';

interface Field {
  name: string;
  wire: string;
  /** Shown for an absent field. */
  zero: unknown;
  struct?: string;
  list: boolean;
}

const ZEROS: Record<string, unknown> = { s: '', b: false, i: 0 };
const compiled = new Map<string, Field[]>();

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function fieldsOf(struct: string): Field[] {
  let fields = compiled.get(struct);
  if (fields) return fields;
  fields = [];
  for (const entry of STRUCTS[struct]!.trim().split(/\s+/)) {
    if (entry.startsWith('^')) {
      fields.push(...fieldsOf(entry.slice(1)));
      continue;
    }
    const [, name = '', wire = lowerFirst(name), mark = '', type = ''] = /^(\w+)(?:@(\w+))?:(\[\]|\?)?(\w*)$/.exec(entry)!;
    const struct = type in ZEROS ? undefined : type || undefined;
    fields.push({ name, wire, struct, list: mark === '[]', zero: mark ? null : struct ? {} : ZEROS[type] });
  }
  compiled.set(struct, fields);
  return fields;
}

/**
 * A value as encoding/json writes the struct that Kubernetes holds it in: Go's field names and order, nothing left out. Errors show such
 * values, and diffs of specs are made of them. `struct` names an entry of {@link STRUCTS}.
 */
export function goStruct(struct: string, value: object | undefined): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const given = (value ?? {}) as Record<string, unknown>;
  for (const { name, wire, zero, struct: inner, list } of fieldsOf(struct)) {
    const own = given[wire] ?? zero;
    if (inner === undefined || own === null) out[name] = own;
    else if (list) out[name] = (own as object[]).map((item) => goStruct(inner, item));
    else out[name] = isMap(own) ? goStruct(inner, own) : own;
  }
  return out;
}
