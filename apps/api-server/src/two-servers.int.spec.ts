import type { AnyObject } from '@windlass/meta';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps', namespaced: true, kind: 'ConfigMap' } as const;
const namespace = 'default';
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

const of = (server: TestApiServer) => server.admin.resource<AnyObject>(CONFIG_MAPS);

test('what one server has acknowledged the other one serves at once', async () => {
  for (let i = 0; i < 50; i++) {
    const [writer, reader] = i % 2 === 0 ? [one, two] : [two, one];
    const made = await of(writer).create({ metadata: { name: `seen-${i}`, namespace }, data: { i: String(i) } } as AnyObject);
    expect((await of(reader).get({ name: `seen-${i}`, namespace })).metadata.uid).toBe(made.metadata.uid);
    const { items } = await of(reader).list({ namespace });
    expect(items.some((item) => item.metadata.name === `seen-${i}`)).toBe(true);
  }
});

test('increments over both servers are never lost', async () => {
  await of(one).create({ metadata: { name: 'counter', namespace }, data: { n: '0' } } as AnyObject);
  let conflicts = 0;
  const add = async (server: TestApiServer) => {
    for (let done = 0; done < 20; ) {
      const current = await of(server).get({ name: 'counter', namespace });
      try {
        await of(server).update({ ...current, data: { n: String(Number(current.data.n) + 1) } } as AnyObject);
        done++;
      } catch (error) {
        if ((error as { code?: number }).code !== 409) throw error;
        conflicts++;
      }
    }
  };
  await Promise.all([add(one), add(two), add(one), add(two)]);
  expect((await of(two).get({ name: 'counter', namespace })).data.n).toBe('80');
  expect(conflicts).toBeGreaterThan(0);
});

test('a watch on one server sees the writes of both, each once, in the order of their revisions', async () => {
  const { metadata } = await of(one).list({ namespace });
  const seen: string[] = [];
  const revisions: number[] = [];
  const abort = new AbortController();
  const watching = (async () => {
    const options = { namespace, resourceVersion: metadata.resourceVersion, signal: abort.signal };
    for await (const events of of(two).watch(options)) {
      for (const { type, object } of events) {
        if (type !== 'ADDED') throw new Error(type);
        seen.push(object.metadata.name!);
        revisions.push(Number(object.metadata.resourceVersion));
      }
      if (seen.length >= 60) return;
    }
  })();
  const names = Array.from({ length: 60 }, (_, i) => `watched-${i}`);
  await Promise.all(names.map((name, i) => of(i % 2 === 0 ? one : two).create({ metadata: { name, namespace } } as AnyObject)));
  await watching;
  abort.abort();
  expect([...seen].sort()).toEqual([...names].sort());
  expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
});

test('one name is given once, whoever asks', async () => {
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) =>
      of(i % 2 === 0 ? one : two).create({ metadata: { name: 'unique', namespace } } as AnyObject),
    ),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 409, reason: 'AlreadyExists' });
});
