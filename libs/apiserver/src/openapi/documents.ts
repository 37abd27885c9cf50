import type { GroupVersionKind, ResourceDefinition, Schema, SchemaSource } from '@windlass/meta';
import { customSchemas } from './custom-schemas.ts';
import { described, type SchemaDocs } from './described.ts';
import { type Operation, type Parameter, type PathItem, pathsOf } from './operations.ts';

const REF = '#/components/schemas/';

/** What OpenAPI documents are made from. */
export interface OpenApiSource {
  definitions: readonly ResourceDefinition[];
  schemas: SchemaSource;
  /** Names of every schema of built-in kinds. */
  schemaNames: readonly string[];
  docs?: SchemaDocs;
  version: string;
}

function gvkIndex({ schemas, schemaNames }: OpenApiSource): (gvk: GroupVersionKind) => string | undefined {
  const index = new Map<string, string>();
  for (const name of schemaNames)
    for (const { group, version, kind } of schemas(name)?.['x-kubernetes-group-version-kind'] ?? []) {
      const key = `${group}/${version}/${kind}`;
      if (!index.has(key)) index.set(key, name);
    }
  return ({ group, version, kind }) => index.get(`${group}/${version}/${kind}`);
}

/** The schemas named and all that they refer to, with their texts. */
function closure(
  { schemas, docs }: OpenApiSource,
  names: Iterable<string>,
  custom: ReadonlyMap<string, Schema>,
): Map<string, Schema> {
  const found = new Map<string, Schema>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = found.has(name) ? undefined : (custom.get(name) ?? schemas(name));
    if (!schema) continue;
    found.set(name, docs && !custom.has(name) ? described(name, schema, docs) : schema);
    for (const match of JSON.stringify(schema).matchAll(/"\$ref":"#\/(?:components\/schemas|definitions)\/([^"]+)"/g))
      open.push(match[1]!);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const namesIn = (items: readonly PathItem[]): Set<string> => {
  const names = new Set<string>();
  for (const { operations } of items)
    for (const { body, responses } of operations) {
      if (body) names.add(body.schema);
      for (const { schema } of responses) if (schema) names.add(schema);
    }
  return names;
};

const extensions = ({ action, gvk }: Operation) => ({ 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': gvk });
const REASONS: Record<number, string> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
const MEDIA = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const returned = (action: string): string[] => (action === 'list' ? [...MEDIA, ...STREAMS] : MEDIA);

function parameter3({ name, in: where, type }: Parameter): object {
  return { name, in: where, ...(where === 'path' ? { required: true } : {}), schema: { type, uniqueItems: true } };
}

function operation3(operation: Operation): object {
  const { id, tag, description, parameters, body, responses, action } = operation;
  const content = (types: readonly string[], schema: string) =>
    Object.fromEntries(types.map((type) => [type, { schema: { $ref: REF + schema } }]));
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length > 0 ? { parameters: parameters.map(parameter3) } : {}),
    ...(body ? { requestBody: { content: content(body.types, body.schema), ...(body.required ? { required: true } : {}) } } : {}),
    responses: {
      ...Object.fromEntries(
        responses.map(({ status, schema }) => [
          status,
          {
            description: REASONS[status],
            content: schema ? content(returned(action), schema) : { '*/*': { schema: { type: 'string' } } },
          },
        ]),
      ),
      401: { description: 'Unauthorized' },
    },
    ...extensions(operation),
  };
}

/** OpenAPI 3.0 of one group version (KEP-2896). */
export function document3(source: OpenApiSource, group: string, version: string): object {
  const kindSchema = gvkIndex(source);
  const items = source.definitions
    .filter((definition) => definition.group === group && definition.version === version)
    .flatMap((definition) => pathsOf(definition, kindSchema))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: source.version },
    paths: Object.fromEntries(
      items.map(({ path, parameters, operations }) => [
        path,
        { ...Object.fromEntries(operations.map((o) => [o.method, operation3(o)])), parameters: parameters.map(parameter3) },
      ]),
    ),
    components: {
      schemas: Object.fromEntries(closure(source, namesIn(items), customSchemas(source.definitions, '3.0', source.docs))),
      securitySchemes: {
        BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
      },
    },
  };
}

/** A schema as OpenAPI 2.0 knows it: no allOf around references, no oneOf, no nullable. */
function schema2(schema: Schema): Record<string, unknown> {
  if (schema.format === 'int-or-string') return { type: 'string', format: 'int-or-string' };
  if (schema.oneOf) return { type: schema.oneOf[0]?.type ?? 'string' };
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  const {
    $ref: _r,
    allOf: _a,
    anyOf: _y,
    not: _n,
    nullable: _u,
    default: _d,
    properties,
    items,
    additionalProperties,
    ...rest
  } = schema;
  const out: Record<string, unknown> = { ...rest };
  if (reference) out.$ref = reference.replace(REF, '#/definitions/');
  if (properties) out.properties = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, schema2(value)]));
  if (items) out.items = schema2(items);
  if (additionalProperties !== undefined)
    out.additionalProperties = typeof additionalProperties === 'object' ? schema2(additionalProperties) : additionalProperties;
  return out;
}

function parameter2({ name, in: where, type }: Parameter): object {
  return { name, in: where, type, uniqueItems: true, ...(where === 'path' ? { required: true } : {}) };
}

function operation2(operation: Operation): object {
  const { id, tag, description, parameters, body, responses, action } = operation;
  const schema = (name: string) => ({ $ref: `#/definitions/${name}` });
  return {
    description,
    consumes: body && body.types[0] !== '*/*' ? body.types : ['*/*'],
    produces: responses[0]?.schema ? returned(action) : ['*/*'],
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    parameters: [
      ...(body ? [{ name: 'body', in: 'body', ...(body.required ? { required: true } : {}), schema: schema(body.schema) }] : []),
      ...parameters.map(parameter2),
    ],
    responses: {
      ...Object.fromEntries(
        responses.map((r) => [
          r.status,
          { description: REASONS[r.status], schema: r.schema ? schema(r.schema) : { type: 'string' } },
        ]),
      ),
      401: { description: 'Unauthorized' },
    },
    ...extensions(operation),
  };
}

/** OpenAPI 2.0 of everything served. */
export function document2(source: OpenApiSource): object {
  const kindSchema = gvkIndex(source);
  const custom = customSchemas(source.definitions, '2.0', source.docs);
  const items = source.definitions
    .flatMap((definition) => pathsOf(definition, kindSchema))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: source.version },
    paths: Object.fromEntries(
      items.map(({ path, parameters, operations }) => [
        path,
        { ...Object.fromEntries(operations.map((o) => [o.method, operation2(o)])), parameters: parameters.map(parameter2) },
      ]),
    ),
    definitions: Object.fromEntries(
      [...closure(source, namesIn(items), custom)].map(([name, schema]) => [name, custom.has(name) ? schema : schema2(schema)]),
    ),
    securityDefinitions: {
      BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}
