import { equalJson, type ResourceDefinition, type Schema } from '@windlass/meta';
import { listKindOf } from '../definitions.ts';
import type { SchemaDocs } from './described.ts';

export type Dialect = '2.0' | '3.0';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const PREFIX: Record<Dialect, string> = { '2.0': '#/definitions/', '3.0': '#/components/schemas/' };
const INT_OR_STRING: Schema[] = [{ type: 'integer' }, { type: 'string' }];
const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** A reference beside a text, as kube-openapi writes it. */
const reference = (dialect: Dialect, name: string, description: string): Schema => ({
  description,
  $ref: `${PREFIX[dialect]}${META}${name}`,
});

function typeFields(docs: SchemaDocs | undefined): Record<'apiVersion' | 'kind', Schema> {
  const texts = docs?.('io.k8s.api.core.v1.Pod') ?? {};
  const field = (name: string): Schema => ({ ...(texts[name] ? { description: texts[name] } : {}), type: 'string' });
  return { apiVersion: field('apiVersion'), kind: field('kind') };
}

/** Rewrites a schema and all below it, innermost first. */
function mapSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const out: Schema = { ...schema };
  if (schema.properties)
    out.properties = Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, mapSchema(value, change)]));
  if (schema.items) out.items = mapSchema(schema.items, change);
  if (typeof schema.additionalProperties === 'object') out.additionalProperties = mapSchema(schema.additionalProperties, change);
  return change(out);
}

/** What OpenAPI 2.0, or kubectl of it, cannot cope with: junctors, null, and anything beside unknown fields (ToStructuralOpenAPIV2). */
function simplified({ allOf: _a, anyOf: _y, oneOf: _o, not: _n, ...schema }: Schema): Schema {
  const out: Schema = { ...schema };
  if (schema.required) {
    out.required = schema.required.filter((name) => !(schema.properties?.[name] as { nullable?: boolean } | undefined)?.nullable);
    if (out.required.length === 0) delete out.required;
  }
  const unknown = schema['x-kubernetes-preserve-unknown-fields'];
  if (schema.nullable || unknown) {
    delete out.items;
    delete out.properties;
  }
  if (schema.nullable || (out.type === 'array' && !out.items) || (unknown && out.type === 'object')) delete out.type;
  return out;
}

const withoutNull = (schema: Schema): Schema => {
  const { nullable: _, ...out } = schema;
  return out;
};

function embedded(schema: Schema, dialect: Dialect, docs: SchemaDocs | undefined): Schema {
  if (!schema['x-kubernetes-embedded-resource']) return schema;
  if (dialect === '2.0' && schema['x-kubernetes-preserve-unknown-fields']) return schema;
  const metadata = reference(dialect, 'ObjectMeta', `Standard object's metadata. More info: ${CONVENTIONS}#metadata`);
  return {
    ...schema,
    properties: { ...schema.properties, ...typeFields(docs), metadata },
    required: [...new Set([...(schema.required ?? []), 'kind', 'apiVersion'])],
  };
}

/** anyOf of integers and strings where a schema only names the extension (Structural.Unfold). */
function unfolded(schema: Schema): Schema {
  if (!schema['x-kubernetes-int-or-string']) return schema;
  if (equalJson(schema.anyOf, INT_OR_STRING) || equalJson(schema.allOf?.[0]?.anyOf, INT_OR_STRING)) return schema;
  return schema.anyOf
    ? { ...schema, allOf: [{ anyOf: INT_OR_STRING }, ...(schema.allOf ?? [])] }
    : { ...schema, anyOf: INT_OR_STRING };
}

function objectSchema(published: Schema, dialect: Dialect, docs: SchemaDocs | undefined): Schema {
  if (Object.keys(published).length === 0) return { type: 'object' };
  // Fields beside unknown ones would make kubectl refuse the unknown.
  if (dialect === '2.0' && published['x-kubernetes-preserve-unknown-fields']) return { type: 'object' };
  const changed = dialect === '2.0' ? mapSchema(mapSchema(published, simplified), withoutNull) : mapSchema(published, unfolded);
  const whole = mapSchema(changed, (schema) => embedded(schema, dialect, docs));
  const metadata = reference(dialect, 'ObjectMeta', `Standard object's metadata. More info: ${CONVENTIONS}#metadata`);
  return { ...whole, properties: { ...whole.properties, ...typeFields(docs), metadata } };
}

function listSchema({ names, kind, schema }: ResourceDefinition, listKind: string, dialect: Dialect, docs?: SchemaDocs): Schema {
  return {
    type: 'object',
    description: `${listKind} is a list of ${kind}`,
    required: ['items'],
    properties: {
      ...typeFields(docs),
      items: {
        description: `List of ${names.plural}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: { $ref: PREFIX[dialect] + schema },
      },
      metadata: reference(dialect, 'ListMeta', `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`),
    },
  };
}

/**
 * The schemas by which OpenAPI publishes custom resources and their lists, by name (apiextensions-apiserver's openapi/builder).
 * @param dialect references and, in 2.0, simplifications follow it
 */
export function customSchemas(
  definitions: readonly ResourceDefinition[],
  dialect: Dialect,
  docs?: SchemaDocs,
): Map<string, Schema> {
  const found = new Map<string, Schema>();
  for (const definition of definitions) {
    const { custom, group, version, kind, schema } = definition;
    if (!custom) continue;
    const gvk = (of: string) => ({ 'x-kubernetes-group-version-kind': [{ group, version, kind: of }] });
    const paths = custom.selectablePaths;
    const selectable = paths.length > 0 ? { 'x-kubernetes-selectable-fields': paths.map((fieldPath) => ({ fieldPath })) } : {};
    const listKind = listKindOf(definition);
    found.set(schema, { ...objectSchema(custom.published, dialect, docs), ...gvk(kind), ...selectable });
    const listName = `${schema.slice(0, schema.lastIndexOf('.') + 1)}${listKind}`;
    found.set(listName, { ...listSchema(definition, listKind, dialect, docs), ...gvk(listKind), ...selectable });
  }
  return found;
}
