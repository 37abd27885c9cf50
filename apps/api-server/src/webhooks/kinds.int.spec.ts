import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';
import { patchOf, startWebhooks, type TestWebhooks } from './testing/webhook-server.ts';

/** Webhooks on kinds other than the plain: connections, definitions, custom resources, pods; and how configurations are changed. */
const api = useApiServer();
let hooks: TestWebhooks;

beforeAll(async () => {
  hooks = await startWebhooks(api.server.pki);
  await send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
}, 60_000);
afterAll(async () => {
  await hooks?.stop();
});

const send = (method: string, path: string, body?: object, type?: string) => api.http.call(path, { method, body, type });
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const VALIDATING = 'validatingwebhookconfigurations';
const MUTATING = 'mutatingwebhookconfigurations';

const webhook = (path: string, apiGroups: string, resources: string, operations: string[]) => ({
  name: `${path.slice(1)}.example.com`,
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: hooks.url(path), caBundle: hooks.caBundle },
  rules: [{ apiGroups: [apiGroups], apiVersions: ['*'], operations, resources: [resources] }],
});

async function configured(resource: string, webhooks: object[], body: () => Promise<void>): Promise<void> {
  const made = await send('POST', `${CONFIGURATIONS}/${resource}`, { metadata: { name: 'hooks' }, webhooks });
  expect([made.code, made.json.message]).toEqual([201, undefined]);
  try {
    await body();
  } finally {
    await send('DELETE', `${CONFIGURATIONS}/${resource}/hooks`);
  }
}

const deny = (path: string) => hooks.on(path, () => ({ allowed: false, status: { message: 'no', reason: 'because' } }));

async function established(plural: string, schema: object): Promise<string> {
  const names = { plural, singular: plural.slice(0, -1), kind: plural.slice(0, -1).toUpperCase() };
  const openAPIV3Schema = { type: 'object', properties: { data: schema } };
  const made = await send('POST', CRDS, {
    metadata: { name: `${plural}.hooks.example.com` },
    spec: {
      group: 'hooks.example.com',
      scope: 'Namespaced',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  });
  expect(made.code).toBe(201);
  const path = `/apis/hooks.example.com/v1/namespaces/default/${plural}`;
  for (let i = 0; i < 200 && (await send('GET', path)).code !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  return path;
}
const custom = (plural: string, name: string, data: object) => ({
  apiVersion: 'hooks.example.com/v1',
  kind: plural.slice(0, -1).toUpperCase(),
  metadata: { name },
  data,
});

test('a connection is judged before the node is asked', async () => {
  deny('/attach');
  const pod = { metadata: { name: 'judged' }, spec: { containers: [{ name: 'main', image: 'x' }] } };
  expect((await send('POST', '/api/v1/namespaces/default/pods', pod)).code).toBe(201);
  await configured(VALIDATING, [webhook('/attach', '', 'pods/attach', ['CONNECT'])], async () => {
    const { code, json } = await send('POST', '/api/v1/namespaces/default/pods/judged/attach?stdin=true&container=main');
    expect([code, json.message]).toEqual([400, 'admission webhook "attach.example.com" denied the request: no']);
  });
  expect(hooks.seen.get('/attach')![0]).toMatchObject({
    operation: 'CONNECT',
    name: 'judged',
    subResource: 'attach',
    object: { apiVersion: 'v1', kind: 'PodAttachOptions', stdin: true, container: 'main' },
  });
});

test('definitions of custom resources can be refused', async () => {
  deny('/crd');
  await configured(VALIDATING, [webhook('/crd', 'apiextensions.k8s.io', 'customresourcedefinitions', ['CREATE'])], async () => {
    const names = { plural: 'refuseds', kind: 'Refused' };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
    const spec = { group: 'hooks.example.com', scope: 'Namespaced', names, versions };
    const { code, json } = await send('POST', CRDS, { metadata: { name: 'refuseds.hooks.example.com' }, spec });
    expect([code, json.message]).toEqual([400, 'admission webhook "crd.example.com" denied the request: no']);
  });
});

test('custom resources: creation, update, patch and deletion are judged; what is added is pruned', async () => {
  const path = await established('prunes', {
    type: 'object',
    properties: { first: { type: 'string' }, second: { type: 'string' } },
  });
  hooks.on('/bad', ({ object, oldObject }: AnyObject) => ({
    allowed: (object ?? oldObject).data.first !== 'bad',
    status: { message: 'bad data' },
  }));
  await configured(VALIDATING, [webhook('/bad', 'hooks.example.com', 'prunes', ['CREATE', 'UPDATE', 'DELETE'])], async () => {
    const denied = { code: 400, message: 'admission webhook "bad.example.com" denied the request: bad data' };
    const answer = async (...call: Parameters<typeof send>) => {
      const { code, json } = await send(...call);
      return { code, message: json.message };
    };
    expect(await answer('POST', path, custom('prunes', 'x', { first: 'bad' }))).toEqual(denied);
    expect(await answer('POST', path, custom('prunes', 'x', { first: 'good' }))).toMatchObject({ code: 201 });
    expect(await answer('PATCH', `${path}/x`, { data: { first: 'bad' } }, 'application/merge-patch+json')).toEqual(denied);
  });
  await send('PATCH', `${path}/x`, { data: { first: 'bad' } }, 'application/merge-patch+json');
  await configured(VALIDATING, [webhook('/bad', 'hooks.example.com', 'prunes', ['DELETE'])], async () => {
    expect((await send('DELETE', `${path}/x`)).code).toBe(400);
  });
  hooks.on('/add', () => ({
    allowed: true,
    ...patchOf([
      { op: 'add', path: '/data/second', value: 'added' },
      { op: 'add', path: '/data/unknown', value: 'added' },
    ]),
  }));
  await configured(MUTATING, [webhook('/add', 'hooks.example.com', 'prunes', ['CREATE'])], async () => {
    const { json } = await send('POST', path, custom('prunes', 'added', { first: 'x' }));
    expect(json.data).toEqual({ first: 'x', second: 'added' });
  });
});

test('what a webhook adds to a pod is defaulted', async () => {
  hooks.on('/init', () => ({
    allowed: true,
    ...patchOf([{ op: 'add', path: '/spec/initContainers', value: [{ name: 'added', image: 'busybox', resources: {} }] }]),
  }));
  await configured(MUTATING, [webhook('/init', '', 'pods', ['CREATE'])], async () => {
    const pod = { metadata: { name: 'with-init' }, spec: { containers: [{ name: 'main', image: 'x' }] } };
    const { json } = await send('POST', '/api/v1/namespaces/default/pods', pod);
    expect(json.spec.initContainers[0]).toMatchObject({
      name: 'added',
      terminationMessagePolicy: 'File',
      terminationMessagePath: '/dev/termination-log',
      imagePullPolicy: 'Always',
    });
  });
});

test('the rules of a configuration take effect when they are changed, by update and by patch', async () => {
  deny('/rules');
  await configured(VALIDATING, [webhook('/rules', '', 'configmaps', ['CREATE'])], async () => {
    const at = `${CONFIGURATIONS}/${VALIDATING}/hooks`;
    expect((await send('POST', CONFIG_MAPS, { metadata: { name: 'ruled' } })).code).toBe(400);
    const { json } = await send('GET', at);
    json.webhooks[0].rules[0].operations = ['UPDATE'];
    expect((await send('PUT', at, json)).code).toBe(200);
    expect((await send('POST', CONFIG_MAPS, { metadata: { name: 'ruled' } })).code).toBe(201);
    const patch = [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }];
    expect((await send('PATCH', at, patch, 'application/json-patch+json')).code).toBe(200);
    expect((await send('POST', CONFIG_MAPS, { metadata: { name: 'ruled-again' } })).code).toBe(400);
  });
});

test.each([MUTATING, VALIDATING])(
  '%s: ten are listed by label and deleted as a collection, and then judge no more',
  async (resource) => {
    deny('/many');
    for (let i = 0; i < 10; i++)
      await send('POST', `${CONFIGURATIONS}/${resource}`, {
        metadata: { name: `many-${i}`, labels: { many: 'yes' } },
        webhooks: [webhook('/many', '', 'configmaps', ['CREATE'])],
      });
    const list = `${CONFIGURATIONS}/${resource}?labelSelector=many%3Dyes`;
    expect((await send('GET', list)).json.items).toHaveLength(10);
    expect((await send('POST', CONFIG_MAPS, { metadata: { name: `many-${resource}` } })).code).toBe(400);
    expect((await send('DELETE', list)).code).toBe(200);
    expect((await send('GET', list)).json.items).toHaveLength(0);
    expect((await send('POST', CONFIG_MAPS, { metadata: { name: `many-${resource}` } })).code).toBe(201);
  },
);

test('webhooks never judge configurations of webhooks, nor change them', async () => {
  deny('/config');
  const both = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];
  const everything = both.map((resource) => webhook('/config', 'admissionregistration.k8s.io', resource, ['*']));
  const named = everything.map((each, i) => ({ ...each, name: `n${i}.${each.name}` }));
  await configured(VALIDATING, named, async () => {
    for (const resource of both) {
      expect((await send('POST', `${CONFIGURATIONS}/${resource}`, { metadata: { name: 'free' }, webhooks: [] })).code).toBe(201);
      expect((await send('DELETE', `${CONFIGURATIONS}/${resource}/free`)).code).toBe(200);
    }
  });
  expect(hooks.seen.get('/config')).toBeUndefined();
});
