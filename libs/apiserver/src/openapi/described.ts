import type { Schema } from '@windlass/meta';

/** Texts of a schema by field; '' is the type itself. */
export type SchemaDocs = (schema: string) => Readonly<Record<string, string>> | undefined;

const PREFIX = '#/components/schemas/';
const referenceOf = ({ $ref, allOf }: Schema): string | undefined => ($ref ?? allOf?.[0]?.$ref)?.slice(PREFIX.length);

/** The schema with the texts that `kubectl explain` shows. A field without one has that of its type. */
export function described(name: string, schema: Schema, docs: SchemaDocs): Schema {
  const texts = docs(name);
  if (!texts) return schema;
  const out: Schema = texts[''] ? { description: texts[''], ...schema } : { ...schema };
  if (schema.properties)
    out.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([field, value]) => {
        const reference = referenceOf(value);
        const text = texts[field] ?? (reference ? docs(reference)?.[''] : undefined);
        return [field, text ? { description: text, ...value } : value];
      }),
    );
  return out;
}
