import { useApiServer } from '@windlass/testkit';

/** `fieldValidation` on custom resources: what Strict refuses, Warn tells and Ignore drops. */
const api = useApiServer();
const GROUP = 'fields.example.com';
const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const WITH_SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        knownField1: { type: 'string' },
        ports: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer' } } } },
      },
    },
  },
};
const EMBEDDED = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

async function serve(plural: string, openAPIV3Schema: object): Promise<string> {
  const spec = {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural, kind: `Thing${plural}` },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
  };
  const made = await api.http.call('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    method: 'POST',
    body: { metadata: { name: `${plural}.${GROUP}` }, spec },
  });
  expect(made.code).toBe(201);
  const path = `/apis/${GROUP}/v1/namespaces/default/${plural}`;
  for (let i = 0; i < 200 && (await api.http.call(path)).code !== 200; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return path;
}

const apply = (path: string, name: string, body: string, validation = 'Strict') =>
  api.http.call(`${path}/${name}?fieldManager=spec&fieldValidation=${validation}`, {
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    body,
  });
const create = (path: string, body: string, validation = 'Strict') =>
  api.http.call(`${path}?fieldValidation=${validation}`, { method: 'POST', body, type: 'application/yaml' });
const head = (plural: string, name: string) => `apiVersion: ${GROUP}/v1\nkind: Thing${plural}\nmetadata:\n  name: ${name}\n`;

test('without a schema of its own, unknown fields are kept and valid', async () => {
  const path = await serve('opens', OPEN);
  const body = `${head('opens', 'a')}spec:\n  foo: foo1\n  cronSpec: "* * * * */5"\n`;
  expect((await create(path, body)).code).toBe(201);
  const applied = await apply(path, 'b', body.replace('name: a', 'name: b'));
  expect([applied.code, applied.json.spec.foo]).toEqual([201, 'foo1']);
  const twice = await create(path, `${head('opens', 'c')}spec:\n  foo: 1\n  foo: 2\n`);
  expect([twice.code, twice.json.message]).toEqual([400, expect.stringContaining('line 7: key "foo" already set in map')]);
});

test('with a schema: valid ones pass; unknown and doubled fields are refused, told or dropped', async () => {
  const path = await serve('closeds', WITH_SCHEMA);
  const valid = `${head('closeds', 'valid')}spec:\n  knownField1: v\n  ports:\n  - port: 80\n`;
  expect((await create(path, valid)).code).toBe(201);
  expect((await apply(path, 'applied', valid.replace('name: valid', 'name: applied'))).code).toBe(201);

  const extra = `${head('closeds', 'extra')}spec:\n  knownField1: v\n  extraProperty: x\n  ports:\n  - port: 80\n    extra: y\n`;
  const strict = await create(path, extra);
  expect([strict.code, strict.json.message]).toEqual([
    400,
    'Thingcloseds in version "v1" cannot be handled as a Thingcloseds: strict decoding error: unknown field "spec.extraProperty", unknown field "spec.ports[0].extra"',
  ]);
  const applied = await apply(path, 'extra', extra);
  expect([applied.code, applied.json.message]).toEqual([
    500,
    expect.stringContaining('.spec.extraProperty: field not declared in schema'),
  ]);

  const warned = await create(path, extra, 'Warn');
  expect([warned.code, warned.headers.warning]).toEqual([
    201,
    '299 - "unknown field \\"spec.extraProperty\\"", 299 - "unknown field \\"spec.ports[0].extra\\""',
  ]);
  expect(warned.json.spec).toEqual({ knownField1: 'v', ports: [{ port: 80 }] });
  const ignored = await create(path, extra.replace('name: extra', 'name: ignored'), 'Ignore');
  expect([ignored.code, ignored.headers.warning]).toEqual([201, undefined]);
});

test('unknown metadata is refused, in the object and in what is embedded', async () => {
  const path = await serve('embeddeds', EMBEDDED);
  const embedded = (metadata: string) =>
    `spec:\n  template:\n    apiVersion: foo/v1\n    kind: Sub\n    metadata:\n      name: subobject\n${metadata}`;
  const root = await create(path, `${head('embeddeds', 'root')}  unknownMeta: unknown\n${embedded('')}`);
  expect([root.code, root.json.message]).toEqual([400, expect.stringContaining('unknown field "metadata.unknownMeta"')]);
  const inner = await create(path, `${head('embeddeds', 'inner')}${embedded('      unknownSubMeta: unknown\n')}`);
  expect([inner.code, inner.json.message]).toEqual([
    400,
    expect.stringContaining('unknown field "spec.template.metadata.unknownSubMeta"'),
  ]);
  const built = await api.http.call('/api/v1/namespaces/default/configmaps?fieldValidation=Strict', {
    method: 'POST',
    body: { metadata: { name: 'typed', unknownMeta: 'x' } },
  });
  expect([built.code, built.json.message]).toEqual([400, expect.stringContaining('unknown field "metadata.unknownMeta"')]);
});
