import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ADMIN_TOKEN, rawRequest, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { type ReviewServer, startReviewServer } from '../../testing/review-server.ts';

let first: ReviewServer;
let last: ReviewServer;
let server: TestApiServer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'windlass-authz-'));
  first = await startReviewServer(directory);
  last = await startReviewServer(directory);
  const webhook = (name: string, { kubeconfig }: ReviewServer, more: object) => ({
    type: 'Webhook',
    name,
    webhook: {
      authorizedTTL: '1m',
      unauthorizedTTL: '1m',
      timeout: '2s',
      subjectAccessReviewVersion: 'v1',
      connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: kubeconfig },
      ...more,
    },
  });
  const authorizationConfigFile = path.join(directory, 'authorization.json');
  await writeFile(
    authorizationConfigFile,
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthorizationConfiguration',
      authorizers: [
        webhook('first', first, {
          failurePolicy: 'Deny',
          matchConditionSubjectAccessReviewVersion: 'v1',
          matchConditions: [
            { expression: 'has(request.resourceAttributes)' },
            { expression: "request.resourceAttributes.resource == 'secrets'" },
          ],
        }),
        { type: 'RBAC', name: 'rbac' },
        webhook('last', last, { failurePolicy: 'NoOpinion' }),
      ],
    }),
  );
  server = await startTestApiServer({ authorizationConfigFile });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  first?.stop();
  last?.stop();
  await rm(directory, { recursive: true, force: true });
  await stopDatabases();
});

let count = 0;
/** A user of whom nothing is remembered. */
const somebody = () => `u${++count}`;
const get = async (user: string, target: string) => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'impersonate-user': user };
  const { status, json } = await rawRequest(server, { path: target, headers });
  return { status, message: json?.message as string | undefined };
};
const SECRETS = '/api/v1/namespaces/default/secrets';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

test('who denies first decides, and only about what its conditions name', async () => {
  first.answer = () => ({ allowed: false, denied: true, reason: 'not today' });
  last.answer = () => ({ allowed: true });
  const user = somebody();
  const refused = await get(user, SECRETS);
  expect(refused.status).toBe(403);
  expect(refused.message).toContain('not today');
  expect(first.seen.at(-1)).toEqual({
    user,
    groups: ['system:authenticated'],
    resourceAttributes: {
      namespace: 'default',
      verb: 'list',
      group: '',
      version: 'v1',
      resource: 'secrets',
      subresource: '',
      name: '',
    },
  });
  const before = first.seen.length;
  expect((await get(user, CONFIG_MAPS)).status).toBe(200);
  expect((await get(user, '/metrics')).status).toBe(200);
  expect(last.seen.at(-1)).toMatchObject({ user, nonResourceAttributes: { path: '/metrics', verb: 'get' } });
  expect(first.seen).toHaveLength(before);
});

test('answers are remembered for their time', async () => {
  last.answer = () => ({ allowed: true });
  const user = somebody();
  const before = last.seen.length;
  await get(user, CONFIG_MAPS);
  await get(user, CONFIG_MAPS);
  expect(last.seen).toHaveLength(before + 1);
});

test('no opinion is no permission, and the next is asked', async () => {
  first.answer = () => ({ allowed: false });
  last.answer = ({ resourceAttributes }) => ({ allowed: resourceAttributes?.verb === 'list' });
  const user = somebody();
  expect((await get(user, SECRETS)).status).toBe(200);
  expect((await get(user, `${SECRETS}/x`)).status).toBe(403);
});

test('a webhook in trouble denies or has no opinion, as its policy says', async () => {
  first.answer = () => 500;
  last.answer = () => ({ allowed: true });
  expect((await get(somebody(), SECRETS)).status).toBe(403);
  first.answer = () => ({ allowed: true });
  last.answer = () => 500;
  expect((await get(somebody(), SECRETS)).status).toBe(200);
  expect((await get(somebody(), CONFIG_MAPS)).status).toBe(403);
  first.answer = () => ({ allowed: true, denied: true });
  expect((await get(somebody(), SECRETS)).status).toBe(403);
});

test('RBAC and system:masters need no webhook', async () => {
  first.answer = () => 500;
  last.answer = () => 500;
  const { status } = await rawRequest(server, { path: SECRETS, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  expect(status).toBe(200);
  expect((await get(somebody(), '/version')).status).toBe(200);
});
