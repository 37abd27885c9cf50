import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { type ReviewServer, startReviewServer } from '../testing/review-server.ts';
import { whoIs } from '../testing/who-is.ts';

let server: TestApiServer;
let reviews: ReviewServer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'windlass-reviews-'));
  reviews = await startReviewServer(directory);
  server = await startTestApiServer({ tokenWebhook: { kubeconfig: reviews.kubeconfig } });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  reviews?.stop();
  await rm(directory, { recursive: true, force: true });
  await stopDatabases();
});

const who = (token: string) => whoIs(server, token);
const asked = (token: string) => reviews.seen.filter((spec) => spec.token === token).length;

test('the webhook says who has a token, and is asked once', async () => {
  const user = { username: 'jane', uid: '7', groups: ['devs'], extra: { team: ['x'] } };
  reviews.answer = ({ token }) => (token === 'of-jane' ? { authenticated: true, user } : { authenticated: false });
  const found = { ...user, groups: ['devs', 'system:authenticated'] };
  expect(await Promise.all([who('of-jane'), who('of-jane')])).toEqual([found, found]);
  expect(await who('of-jane')).toEqual(found);
  expect(asked('of-jane')).toBe(1);
  expect([await who('of-nobody'), await who('of-nobody')]).toEqual([401, 401]);
  expect(asked('of-nobody')).toBe(1);
});

test('a token for other audiences is nobody', async () => {
  const user = { username: 'jane' };
  reviews.answer = () => ({ authenticated: true, user, audiences: ['another'] });
  expect(await who('for-another')).toBe(401);
  reviews.answer = ({ audiences }) => ({ authenticated: true, user, audiences });
  expect(await who('for-us')).toMatchObject(user);
});

test('tokens that are known here are not shown to it', async () => {
  const before = reviews.seen.length;
  await server.admin.request({ method: 'GET', path: '/version' });
  expect(reviews.seen).toHaveLength(before);
});

test('a webhook in trouble is asked again; what it does not answer is nobody', async () => {
  let left = 2;
  reviews.answer = () => (left-- > 0 ? 503 : { authenticated: true, user: { username: 'late' } });
  expect(await who('in-trouble')).toMatchObject({ username: 'late' });
  expect(asked('in-trouble')).toBe(3);
  reviews.answer = () => 400;
  expect(await who('refused')).toBe(401);
  expect(asked('refused')).toBe(1);
});
