import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';
import { patchOf, startWebhooks, type TestWebhooks } from './testing/webhook-server.ts';

const api = useApiServer();
let hooks: TestWebhooks;

beforeAll(async () => {
  hooks = await startWebhooks(api.server.pki);
}, 60_000);
afterAll(async () => {
  await hooks?.stop();
});

const GROUP = 'admissionregistration.k8s.io';
type Kind = 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
const configurations = (kind: Kind) =>
  api.server.admin.resource<AnyObject>({
    group: GROUP,
    version: 'v1',
    resource: `${kind.toLowerCase()}s`,
    namespaced: false,
    kind,
  });
const configMaps = () =>
  api.server.admin.resource<AnyObject>({ group: '', version: 'v1', resource: 'configmaps', namespaced: true, kind: 'ConfigMap' });
const configMap = (name: string, data: object = {}, labels?: object) =>
  ({ metadata: { name, namespace: 'default', ...(labels ? { labels } : {}) }, data }) as unknown as AnyObject;

const webhook = (path: string, more: object = {}) => ({
  name: `${path.slice(1)}.example.com`,
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: hooks.url(path), caBundle: hooks.caBundle },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] }],
  ...more,
});

/** Runs `body` while a configuration with these webhooks stands. */
async function configured(kind: Kind, webhooks: object[], body: () => Promise<void>): Promise<void> {
  const name = 'hooks';
  await configurations(kind).create({ metadata: { name }, webhooks } as unknown as AnyObject);
  try {
    await body();
  } finally {
    await configurations(kind).delete({ name });
  }
}

test('a validating webhook sees the whole request and refuses with its own words', async () => {
  hooks.on('/deny', () => ({ allowed: false, status: { code: 403, reason: 'Forbidden', message: 'not today' } }));
  await configured('ValidatingWebhookConfiguration', [webhook('/deny')], async () => {
    await expect(configMaps().create(configMap('denied', { a: 'b' }))).rejects.toMatchObject({
      code: 403,
      status: { message: 'admission webhook "deny.example.com" denied the request: not today', reason: 'Forbidden' },
    });
  });
  const [request] = hooks.seen.get('/deny')!;
  expect(request).toMatchObject({
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
    name: 'denied',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'admin' },
    object: { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } },
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  });
});

test('mutating webhooks run in order; one that wants to is asked again after a later change', async () => {
  hooks.on('/first', ({ object }: AnyObject) =>
    object.data?.second && !object.data.again
      ? { allowed: true, ...patchOf([{ op: 'add', path: '/data/again', value: 'yes' }]) }
      : { allowed: true, ...(object.data?.first ? {} : patchOf([{ op: 'add', path: '/data/first', value: 'yes' }])) },
  );
  hooks.on('/second', ({ object }: AnyObject) => ({
    allowed: true,
    ...(object.data.first && !object.data.second ? patchOf([{ op: 'add', path: '/data/second', value: 'yes' }]) : {}),
  }));
  const webhooks = [webhook('/first', { reinvocationPolicy: 'IfNeeded' }), webhook('/second')];
  await configured('MutatingWebhookConfiguration', webhooks, async () => {
    const made = await configMaps().create(configMap('mutated', { given: 'x' }));
    expect(made.data).toEqual({ given: 'x', first: 'yes', second: 'yes', again: 'yes' });
  });
  expect(hooks.seen.get('/first')).toHaveLength(2);
  expect(hooks.seen.get('/second')).toHaveLength(1);
});

test('selectors, match conditions and rules leave requests out', async () => {
  hooks.on('/never', () => ({ allowed: false }));
  const variants = [
    { objectSelector: { matchLabels: { on: 'yes' } } },
    { namespaceSelector: { matchLabels: { on: 'yes' } } },
    { matchConditions: [{ name: 'other-name', expression: 'object.metadata.name == "other"' }] },
    { rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] }] },
    { matchConditions: [{ name: 'no-admin', expression: '!authorizer.path("/anything").check("get").allowed()' }] },
  ];
  for (const [i, more] of variants.entries()) {
    await configured('ValidatingWebhookConfiguration', [webhook('/never', more)], async () => {
      await configMaps().create(configMap(`left-out-${i}`));
    });
  }
  expect(hooks.seen.get('/never')).toBeUndefined();
  await configured('ValidatingWebhookConfiguration', [webhook('/never', variants[0])], async () => {
    await expect(configMaps().create(configMap('chosen', {}, { on: 'yes' }))).rejects.toMatchObject({
      code: 400,
      status: { message: 'admission webhook "never.example.com" denied the request without explanation' },
    });
  });
});

test('a condition that cannot be evaluated fails closed or open, as the failurePolicy says', async () => {
  const matchConditions = [{ name: 'broken', expression: 'object.data.missing == "x"' }];
  await configured('ValidatingWebhookConfiguration', [webhook('/never', { matchConditions })], async () => {
    await expect(configMaps().create(configMap('broken'))).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining('no such key: data'),
    });
  });
  const open = webhook('/never', { matchConditions, failurePolicy: 'Ignore' });
  await configured('ValidatingWebhookConfiguration', [open], async () => {
    await configMaps().create(configMap('broken'));
  });
});

test('a webhook that does not answer: failurePolicy and timeout', async () => {
  hooks.on('/silent', () => undefined);
  await configured('ValidatingWebhookConfiguration', [webhook('/silent', { timeoutSeconds: 1 })], async () => {
    await expect(configMaps().create(configMap('late'))).rejects.toMatchObject({
      code: 500,
      status: {
        reason: 'InternalError',
        message: `Internal error occurred: failed calling webhook "silent.example.com": failed to call webhook: Post "${hooks.url('/silent')}?timeout=1s": context deadline exceeded`,
      },
    });
  });
  const refused = { ...webhook('/silent'), clientConfig: { url: 'https://127.0.0.1:1/x' }, failurePolicy: 'Ignore' };
  await configured('ValidatingWebhookConfiguration', [refused], async () => {
    await configMaps().create(configMap('open'));
  });
  const strangers = { ...webhook('/silent'), clientConfig: { url: hooks.url('/silent') } };
  await configured('ValidatingWebhookConfiguration', [strangers], async () => {
    await expect(configMaps().create(configMap('strangers'))).rejects.toMatchObject({
      message: expect.stringContaining('x509: certificate signed by unknown authority'),
    });
  });
});

test('a service is reached under its own name', async () => {
  hooks.on('/service', () => ({ allowed: false, status: { message: 'by service' } }));
  const port = Number(new URL(hooks.url('/')).port);
  const services = api.server.admin.resource<AnyObject>({
    group: '',
    version: 'v1',
    resource: 'services',
    namespaced: true,
    kind: 'Service',
  });
  await services.create({
    metadata: { name: 'hook', namespace: 'default' },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  } as unknown as AnyObject);
  const to = (name: string) => ({
    clientConfig: { service: { namespace: 'default', name, path: '/service', port }, caBundle: hooks.caBundle },
  });
  await configured('ValidatingWebhookConfiguration', [webhook('/service', to('hook'))], async () => {
    await expect(configMaps().create(configMap('by-service'))).rejects.toMatchObject({
      message: expect.stringContaining('denied the request: by service'),
    });
  });
  await configured('ValidatingWebhookConfiguration', [webhook('/service', to('nobody'))], async () => {
    await expect(configMaps().create(configMap('by-nobody'))).rejects.toMatchObject({
      message: expect.stringContaining(
        `failed to call webhook: Post "https://nobody.default.svc:${port}/service?timeout=10s": service "nobody" not found`,
      ),
    });
  });
});

test('warnings reach the client; deletions are judged; configurations themselves never are', async () => {
  hooks.on('/judge', ({ operation }: AnyObject) => ({ allowed: operation !== 'DELETE', warnings: ['mind the gap'] }));
  const all = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
  await configured('ValidatingWebhookConfiguration', [webhook('/judge', { rules: all })], async () => {
    const response = await fetchAs('POST', '/api/v1/namespaces/default/configmaps', configMap('warned'));
    expect(response.headers.get('warning')).toBe('299 - "mind the gap"');
    await expect(configMaps().delete({ name: 'warned', namespace: 'default' })).rejects.toMatchObject({ code: 400 });
  });
  await configMaps().delete({ name: 'warned', namespace: 'default' });
  const deleted = hooks.seen.get('/judge')!.find(({ operation }) => operation === 'DELETE')!;
  expect(deleted).toMatchObject({
    object: null,
    oldObject: { metadata: { name: 'warned' } },
    options: { kind: 'DeleteOptions' },
  });
});

/** Without the client, whose answers show no headers. */
async function fetchAs(method: string, path: string, body: object): Promise<{ headers: Headers }> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const sent = request(
      `${api.server.url}${path}`,
      {
        method,
        ca: api.server.pki.caCert,
        headers: { authorization: 'Bearer admin-token', 'content-type': 'application/json' },
      },
      (response) => {
        response.resume();
        resolve({ headers: new Headers(response.headers as Record<string, string>) });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
