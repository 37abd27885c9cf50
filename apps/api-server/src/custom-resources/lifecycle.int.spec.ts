import type { AnyObject } from '@windlass/meta';
import { settled, useApiServer } from '@windlass/testkit';

/** The life of definitions: status, collections, discovery, and defaults that come and go. */
const api = useApiServer();
const GROUP = 'life.example.com';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = (plural: string, properties: object = {}, labels = {}) => ({
  metadata: { name: `${plural}.${GROUP}`, labels },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural, kind: `Kind${plural}` },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } }],
  },
});
const post = (path: string, body: object) => api.http.call(path, { method: 'POST', body });
const merge = (path: string, body: object) =>
  api.http.call(path, { method: 'PATCH', body, type: 'application/merge-patch+json' });

test('the status is read, updated and patched by itself', async () => {
  const at = `${CRDS}/statuses.${GROUP}`;
  await post(CRDS, definition('statuses'));
  await settled(
    () => api.http.call(at),
    ({ json }) => (json.status?.conditions ?? []).some((c: AnyObject) => c.type === 'Established' && c.status === 'True'),
  );
  const { json } = await api.http.call(`${at}/status`);
  const condition = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set by a spec' };
  json.status.conditions.push(condition);
  json.spec.scope = 'Cluster';
  const updated = await api.http.call(`${at}/status`, { method: 'PUT', body: json });
  expect([updated.code, updated.json.spec.scope]).toEqual([200, 'Namespaced']);
  expect(updated.json.status.conditions).toContainEqual(expect.objectContaining(condition));
  const patched = await merge(`${at}/status`, { status: { conditions: [{ ...condition, type: 'StatusPatched' }] } });
  expect(patched.json.status.conditions).toEqual([expect.objectContaining({ type: 'StatusPatched' })]);
});

test('ten with a label are listed and deleted as a collection; the others stay', async () => {
  await post(CRDS, definition('stays'));
  for (let i = 0; i < 10; i++) await post(CRDS, definition(`many${i}s`, {}, { many: 'yes' }));
  const chosen = `${CRDS}?labelSelector=many%3Dyes`;
  expect((await api.http.call(chosen)).json.items).toHaveLength(10);
  expect((await api.http.call(chosen, { method: 'DELETE' })).code).toBe(200);
  const gone = await settled(
    () => api.http.call(chosen),
    ({ json }) => json.items.length === 0,
  );
  expect(gone.json.items).toEqual([]);
  expect((await api.http.call(`${CRDS}/stays.${GROUP}`)).code).toBe(200);
});

test('discovery names a new resource, in its documents and in the aggregated one, and forgets a deleted one', async () => {
  await post(CRDS, definition('founds'));
  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const shown = async () => {
    const all = (await api.http.call('/apis', { accept: `${aggregated},application/json` })).json;
    const group = all.items.find((item: AnyObject) => item.metadata.name === GROUP);
    const list = await api.http.call(`/apis/${GROUP}/v1`);
    return {
      aggregated: group?.versions[0].resources.some((each: AnyObject) => each.resource === 'founds') ?? false,
      listed: list.code === 200 && list.json.resources.some((each: AnyObject) => each.name === 'founds'),
      kind: all.kind,
    };
  };
  expect(await settled(shown, ({ aggregated, listed }) => aggregated && listed)).toEqual({
    aggregated: true,
    listed: true,
    kind: 'APIGroupDiscoveryList',
  });
  await api.http.call(`${CRDS}/founds.${GROUP}`, { method: 'DELETE' });
  expect(await settled(shown, (now) => !now.aggregated && !now.listed)).toMatchObject({ aggregated: false, listed: false });
});

test('a default that is added later fills what was stored; what it filled stays when it goes', async () => {
  const at = `${CRDS}/defaulteds.${GROUP}`;
  await post(CRDS, definition('defaulteds', { a: { type: 'string' }, b: { type: 'string' } }));
  const path = `/apis/${GROUP}/v1/namespaces/default/defaulteds`;
  await settled(
    () => api.http.call(path),
    ({ code }) => code === 200,
  );
  const object = (name: string) => ({ apiVersion: `${GROUP}/v1`, kind: 'Kinddefaulteds', metadata: { name } });
  expect((await post(path, object('old'))).json.a).toBeUndefined();
  const properties = (a: object, b: object) => ({
    spec: {
      ...definition('defaulteds').spec,
      versions: definition('defaulteds', { a: { type: 'string', ...a }, b: { type: 'string', ...b } }).spec.versions,
    },
  });
  await merge(at, properties({ default: 'A' }, {}));
  await settled(
    () => api.http.call(`${path}/old`),
    ({ json }) => json.a === 'A',
  );
  expect((await post(path, object('new'))).json.a).toBe('A');
  await merge(at, properties({}, { default: 'B' }));
  const read = await settled(
    () => api.http.call(`${path}/new`),
    ({ json }) => json.b === 'B',
  );
  expect(read.json).toMatchObject({ a: 'A', b: 'B' });
  const old = (await api.http.call(`${path}/old`)).json;
  expect([old.a, old.b]).toEqual([undefined, 'B']);
});
