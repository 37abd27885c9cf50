import type { AnyObject } from '@windlass/meta';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

let one: TestApiServer;
let two: TestApiServer;

beforeAll(async () => {
  one = await startTestApiServer();
  two = await startTestApiServer({ databaseUrl: one.databaseUrl });
}, 60_000);
afterAll(async () => {
  await two?.stop();
  await one?.stop();
  await stopDatabases();
});

const of = (server: TestApiServer, kind: string, resource: string) =>
  server.admin.resource<AnyObject>({ group: '', version: 'v1', resource, namespaced: true, kind });

test('a quota is exact, however many ask two servers at once', async () => {
  const hard = { 'count/configmaps': '7' };
  const quotas = of(one, 'ResourceQuota', 'resourcequotas');
  await quotas.create({ metadata: { name: 'q', namespace: 'default' }, spec: { hard } } as unknown as AnyObject);
  await quotas.patch(
    { name: 'q', namespace: 'default' },
    { status: { hard, used: { 'count/configmaps': '0' } } },
    { subresource: 'status' },
  );
  // Both servers must know of the quota before anyone is counted.
  while ((await of(two, 'ResourceQuota', 'resourcequotas').list({ namespace: 'default' })).items[0]?.status?.hard === undefined);
  const answers = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) =>
      of(i % 2 ? one : two, 'ConfigMap', 'configmaps').create({ metadata: { name: `c${i}`, namespace: 'default' } } as AnyObject),
    ),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  for (const answer of answers)
    if (answer.status === 'rejected')
      expect(answer.reason.status).toMatchObject({
        code: 403,
        message: expect.stringContaining(
          'exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=7, limited: count/configmaps=7',
        ),
      });
  expect((await quotas.get({ name: 'q', namespace: 'default' })).status.used).toEqual({ 'count/configmaps': '7' });
}, 20_000);
