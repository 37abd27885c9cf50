import type { AnyObject } from '@windlass/meta';
import { settled, useApiServer } from '@windlass/testkit';

/** What OpenAPI publishes of custom resources, in both versions. */
const api = useApiServer();
const GROUP = 'open.example.com';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const FOO = {
  type: 'object',
  description: 'Foo for testing',
  properties: {
    spec: {
      type: 'object',
      required: ['name', 'maybe'],
      properties: {
        name: { type: 'string', description: 'Name of Foo.', enum: ['Great', 'Down'] },
        maybe: { type: 'string', nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { type: 'string' } } },
        inner: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { size: { type: 'integer', minimum: 1 } } },
      },
    },
  },
};

const version = (name: string, openAPIV3Schema: object, more: object = {}) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema },
  ...more,
});
async function define(plural: string, versions: object[]): Promise<void> {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1);
  const spec = { group: GROUP, scope: 'Namespaced', names: { plural, kind }, versions };
  const { code, json } = await api.http.call(CRDS, { method: 'POST', body: { metadata: { name: `${plural}.${GROUP}` }, spec } });
  expect([code, json.message]).toEqual([201, undefined]);
}
const name = (of: string, kind: string) => `com.example.open.${of}.${kind}`;
const v2 = async (): Promise<Record<string, AnyObject>> => (await api.http.call('/openapi/v2')).json.definitions;
const v3 = async (of: string): Promise<AnyObject> => (await api.http.call(`/openapi/v3/apis/${GROUP}/${of}`)).json;

test('a schema is published with its texts, its type and its list', async () => {
  const selectableFields = [{ jsonPath: '.spec.name' }];
  await define('foos', [version('v1', FOO, { storage: true, selectableFields })]);
  const definitions = await settled(v2, (all) => all[name('v1', 'Foo')] !== undefined);
  const foo = definitions[name('v1', 'Foo')]!;
  expect(foo).toMatchObject({
    type: 'object',
    description: 'Foo for testing',
    'x-kubernetes-group-version-kind': [{ group: GROUP, version: 'v1', kind: 'Foo' }],
    'x-kubernetes-selectable-fields': [{ fieldPath: 'spec.name' }],
    properties: { metadata: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' } },
  });
  // OpenAPI 2.0 has no null, and kubectl takes fields beside unknown ones for all there are.
  expect(foo.properties.spec.required).toEqual(['name']);
  expect(foo.properties.spec.properties).toMatchObject({ maybe: {}, free: { 'x-kubernetes-preserve-unknown-fields': true } });
  expect(foo.properties.spec.properties.free).not.toHaveProperty('properties');
  expect(foo.properties.spec.properties.inner).toMatchObject({
    required: ['kind', 'apiVersion'],
    properties: { size: { type: 'integer', minimum: 1 }, kind: { type: 'string' } },
  });
  expect(definitions[name('v1', 'FooList')]).toMatchObject({
    required: ['items'],
    properties: { items: { type: 'array', items: { $ref: `#/definitions/${name('v1', 'Foo')}` } } },
  });

  const { components, paths } = await v3('v1');
  expect(components.schemas[name('v1', 'Foo')].properties.spec.properties).toMatchObject({
    maybe: { type: 'string', nullable: true },
    port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
    free: { properties: { known: { type: 'string' } } },
  });
  expect(components.schemas).toHaveProperty(['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']);
  expect(paths[`/apis/${GROUP}/v1/namespaces/{namespace}/foos`].post.operationId).toBe('createOpenExampleComV1NamespacedFoo');
});

test('unknown fields at the root: nothing but an object in 2.0', async () => {
  await define('frees', [version('v1', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { storage: true })]);
  const definitions = await settled(v2, (all) => all[name('v1', 'Free')] !== undefined);
  expect(definitions[name('v1', 'Free')]).toEqual({
    type: 'object',
    'x-kubernetes-group-version-kind': [{ group: GROUP, version: 'v1', kind: 'Free' }],
  });
});

test('a version that is served no longer, or has another name, leaves the documents', async () => {
  await define('bars', [version('v2', FOO, { storage: true }), version('v3', FOO)]);
  await settled(v2, (all) => all[name('v3', 'Bar')] !== undefined);
  const at = `${CRDS}/bars.${GROUP}`;
  const merge = (versions: object[]) =>
    api.http.call(at, { method: 'PATCH', body: { spec: { versions } }, type: 'application/merge-patch+json' });
  await merge([version('v2', FOO, { storage: true }), version('v3', FOO, { served: false })]);
  const unserved = await settled(v2, (all) => all[name('v3', 'Bar')] === undefined);
  expect(Object.keys(unserved)).toContain(name('v2', 'Bar'));
  await merge([version('v2', FOO, { storage: true }), version('v4', FOO)]);
  const renamed = await settled(v2, (all) => all[name('v4', 'Bar')] !== undefined);
  expect(Object.keys(renamed)).toContain(name('v4', 'Bar'));
  expect(Object.keys(renamed)).not.toContain(name('v3', 'Bar'));
});
