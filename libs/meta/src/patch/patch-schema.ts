import { refName } from '../decode/go-types.ts';
import type { Schema, SchemaSource } from '../schema.ts';

/** What a strategic merge must know of one field. */
export interface PatchField {
  /** Lists: merged by key or as a set of scalars instead of replaced. Maps: replaced instead of merged. */
  strategy: 'merge' | 'replace' | undefined;
  mergeKey: string | undefined;
  /** Of the field, or of the list's items. */
  schema: PatchSchema;
}

/** Looks fields up by name, resolving references once. */
export class PatchSchema {
  private readonly schema: Schema;
  private readonly source: SchemaSource;
  private readonly fields = new Map<string, PatchField>();

  constructor(schema: Schema, source: SchemaSource) {
    this.source = source;
    this.schema = this.resolve(schema);
  }

  private resolve(schema: Schema): Schema {
    let at = schema;
    for (let name = refName(at); name !== undefined; name = refName(at)) at = this.source(name) ?? {};
    return at;
  }

  field(name: string): PatchField {
    const known = this.fields.get(name);
    if (known) return known;
    const { properties, additionalProperties } = this.schema;
    const own = properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
    const target = this.resolve(own);
    const strategies = (own['x-kubernetes-patch-strategy'] ?? '').split(',');
    const field: PatchField = {
      strategy: strategies.includes('merge') ? 'merge' : strategies.includes('replace') ? 'replace' : undefined,
      mergeKey: own['x-kubernetes-patch-merge-key'],
      schema: new PatchSchema(target.type === 'array' ? (target.items ?? {}) : target, this.source),
    };
    this.fields.set(name, field);
    return field;
  }
}

const bySource = new WeakMap<SchemaSource, Map<string, PatchSchema>>();

/** The patch facts of a built-in kind, kept per source. */
export function patchSchema(name: string, source: SchemaSource): PatchSchema {
  let known = bySource.get(source);
  if (!known) {
    known = new Map();
    bySource.set(source, known);
  }
  let schema = known.get(name);
  if (!schema) {
    schema = new PatchSchema(source(name) ?? {}, source);
    known.set(name, schema);
  }
  return schema;
}
