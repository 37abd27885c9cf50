import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';
import { startWebhooks, type TestWebhooks } from '../webhooks/testing/webhook-server.ts';

/** Versions of a custom resource that a webhook converts into each other: v1 has `hostPort`, v2 has `host` and `port`. */
const api = useApiServer();
let hooks: TestWebhooks;

beforeAll(async () => {
  hooks = await startWebhooks(api.server.pki);
  hooks.on('/convert', ({ desiredAPIVersion, objects }: AnyObject) => ({
    result: { status: 'Success' },
    convertedObjects: objects.map((object: AnyObject) => convert(object, desiredAPIVersion)),
  }));
}, 60_000);
afterAll(async () => {
  await hooks?.stop();
});

const GROUP = 'convert.example.com';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function convert(object: AnyObject, apiVersion: string): object {
  const { hostPort, host, port, ...rest } = object as AnyObject & { hostPort?: string; host?: string; port?: string };
  if (apiVersion.endsWith('/v1')) return { ...rest, apiVersion, hostPort: `${host}:${port}` };
  const [first, second] = hostPort!.split(':');
  return { ...rest, apiVersion, host: first, port: second };
}

const text = { type: 'string' };
const versions = (storage: 'v1' | 'v2') => [
  {
    name: 'v1',
    served: true,
    storage: storage === 'v1',
    schema: { openAPIV3Schema: { type: 'object', properties: { hostPort: text } } },
  },
  {
    name: 'v2',
    served: true,
    storage: storage === 'v2',
    schema: { openAPIV3Schema: { type: 'object', properties: { host: text, port: text } } },
    selectableFields: [{ jsonPath: '.host' }],
  },
];

async function define(plural: string, path = '/convert'): Promise<void> {
  const clientConfig = { url: hooks.url(path), caBundle: hooks.caBundle };
  const spec = {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural, kind: `Kind${plural}` },
    versions: versions('v1'),
    conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1', 'v1beta1'] } },
  };
  const made = await api.http.call(CRDS, { method: 'POST', body: { metadata: { name: `${plural}.${GROUP}` }, spec } });
  expect([made.code, made.json.message]).toEqual([201, undefined]);
  for (let i = 0; i < 250 && (await api.http.call(at(plural, 'v2'))).code !== 200; i++)
    await new Promise((r) => setTimeout(r, 20));
}
const at = (plural: string, version: string, name = '') =>
  `/apis/${GROUP}/${version}/namespaces/default/${plural}${name && `/${name}`}`;
const post = (plural: string, version: string, name: string, content: object) =>
  api.http.call(at(plural, version), {
    method: 'POST',
    body: { apiVersion: `${GROUP}/${version}`, kind: `Kind${plural}`, metadata: { name }, ...content },
  });

test('objects are read, listed, changed and written in either version', async () => {
  await define('shares');
  const made = await post('shares', 'v1', 'one', { hostPort: 'a:1' });
  expect([made.code, made.json.hostPort]).toEqual([201, 'a:1']);
  expect((await api.http.call(at('shares', 'v2', 'one'))).json).toMatchObject({
    apiVersion: `${GROUP}/v2`,
    host: 'a',
    port: '1',
  });
  const second = await post('shares', 'v2', 'two', { host: 'b', port: '2' });
  expect([second.code, second.json.host]).toEqual([201, 'b']);
  expect((await api.http.call(at('shares', 'v1'))).json.items.map((item: AnyObject) => item.hostPort)).toEqual(['a:1', 'b:2']);
  const patch = { method: 'PATCH', type: 'application/merge-patch+json', body: { port: '3' } };
  expect((await api.http.call(at('shares', 'v2', 'two'), patch)).json).toMatchObject({ host: 'b', port: '3' });
  expect((await api.http.call(at('shares', 'v1', 'two'))).json.hostPort).toBe('b:3');
  const chosen = await api.http.call(`${at('shares', 'v2')}?fieldSelector=host%3Db`);
  expect(chosen.json.items.map((item: AnyObject) => item.metadata.name)).toEqual(['two']);
});

test('a list whose objects were stored in different versions', async () => {
  await define('mixed');
  await post('mixed', 'v1', 'old', { hostPort: 'a:1' });
  const body = { spec: { versions: versions('v2') } };
  const changed = await api.http.call(`${CRDS}/mixed.${GROUP}`, { method: 'PATCH', type: 'application/merge-patch+json', body });
  expect(changed.json.status.storedVersions).toEqual(['v1', 'v2']);
  await post('mixed', 'v2', 'young', { host: 'b', port: '2' });
  const shown = async (version: string) => (await api.http.call(at('mixed', version))).json.items;
  expect(await shown('v2')).toMatchObject([
    { host: 'a', port: '1' },
    { host: 'b', port: '2' },
  ]);
  expect(await shown('v1')).toMatchObject([{ hostPort: 'a:1' }, { hostPort: 'b:2' }]);
});

test('a watch tells changes in its own version, in order', async () => {
  await define('watched');
  const { metadata } = (await api.http.call(at('watched', 'v2'))).json;
  await post('watched', 'v1', 'x', { hostPort: 'a:1' });
  const patch = { method: 'PATCH', type: 'application/merge-patch+json', body: { hostPort: 'a:2' } };
  await api.http.call(at('watched', 'v1', 'x'), patch);
  await api.http.call(at('watched', 'v1', 'x'), { method: 'DELETE' });
  const query = `watch=true&timeoutSeconds=2&resourceVersion=${metadata.resourceVersion}`;
  const events = (await api.http.call(`${at('watched', 'v2')}?${query}`)).bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ type, object }) => [type, object.host, object.port])).toEqual([
    ['ADDED', 'a', '1'],
    ['MODIFIED', 'a', '2'],
    ['DELETED', 'a', '2'],
  ]);
});

test.each([
  ['a refusal', () => ({ result: { status: 'Failed', message: 'no way' } }), 'failed: no way'],
  ['too few objects', () => ({ result: { status: 'Success' }, convertedObjects: [] }), 'returned 0 objects, expected 1'],
  [
    'another version',
    ({ objects }: AnyObject) => ({ result: { status: 'Success' }, convertedObjects: objects }),
    `returned invalid converted object at index 0: invalid groupVersion (expected ${GROUP}/v2, received ${GROUP}/v1)`,
  ],
  [
    'another name',
    ({ objects, desiredAPIVersion }: AnyObject) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((o: AnyObject) => ({
        ...convert(o, desiredAPIVersion),
        metadata: { ...o.metadata, name: 'y' },
      })),
    }),
    'returned invalid converted object at index 0: must have the same name: x != y',
  ],
])('%s of the webhook is told', async (name, answer, message) => {
  const plural = name.replaceAll(' ', '');
  hooks.on(`/${plural}`, answer);
  await define(plural, `/${plural}`);
  await post(plural, 'v1', 'x', { hostPort: 'a:1' });
  const { code, json } = await api.http.call(at(plural, 'v2', 'x'));
  expect([code, json.message]).toEqual([
    500,
    `Internal error occurred: conversion webhook for ${GROUP}/v1, Kind=Kind${plural} ${message}`,
  ]);
  // The stored version is not touched by it, nor is the deletion of everything.
  expect((await api.http.call(at(plural, 'v1', 'x'))).code).toBe(200);
  expect((await api.http.call(`${CRDS}/${plural}.${GROUP}`, { method: 'DELETE' })).code).toBe(200);
});
