import { type EmbeddedPostgres, startTemporaryPostgres } from '@windlass/host';
import { CompactedError, FutureRevisionError, type ObjectStore } from '../object-store.ts';
import { createDatabase, dropDatabase } from '../postgres/database.ts';
import { PostgresObjectStore } from '../postgres/store.ts';
import type { CachedEvent } from './cached-event.ts';
import type { SubscribeOptions } from './subscription.ts';
import { WatchCache, type WatchCacheOptions } from './watch-cache.ts';

let server: EmbeddedPostgres;
let store: PostgresObjectStore;
let name: string;
let url: string;
let count = 0;
let opened: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startTemporaryPostgres();
}, 60_000);
afterAll(() => server?.stop());
beforeEach(async () => {
  name = `cache_${count++}`;
  url = await createDatabase(server.url, name);
  store = await PostgresObjectStore.open(url);
});
afterEach(async () => {
  for (const each of opened) await each.stop();
  opened = [];
  await store.close();
  await dropDatabase(server.url, name);
});

const start = async (options?: WatchCacheOptions, on: ObjectStore = store) => {
  const cache = await WatchCache.start(on, options);
  opened.push(cache);
  return cache;
};
const text = (node = '', n = 0) =>
  JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' }, spec: { nodeName: node, n } });
const byNode = { indexes: { '/core/pods/': ['spec.nodeName'] } };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const names = (items: { key: string }[]) => items.map(({ key }) => key.split('/').slice(3).join('/'));

async function record(cache: WatchCache, prefix: string, from: number, options?: SubscribeOptions) {
  const events: CachedEvent[] = [];
  const closed: (Error | undefined)[] = [];
  const subscription = await cache.subscribe(
    prefix,
    from,
    { onEvents: (batch) => events.push(...batch), onClose: (error) => closed.push(error) },
    options,
  );
  const until = async (revision: number) => {
    for (let i = 0; i < 500 && subscription.revision < revision; i++) await pause(5);
    expect(subscription.revision).toBeGreaterThanOrEqual(revision);
    return events;
  };
  return { events, closed, subscription, until, revisions: () => events.map((event) => event.revision) };
}

test('holds what is there at the start and follows', async () => {
  for (const key of ['/core/pods/b/x', '/core/pods/a/x', '/core/pods/a/y', '/core/nodes/n1']) await store.create(key, text());
  const cache = await start();
  expect(names(cache.list('/core/pods/').items)).toEqual(['a/x', 'a/y', 'b/x']);
  const created = await store.create('/core/pods/a-b/x', text('n1', 1));
  expect(await cache.readFresh()).toBeGreaterThanOrEqual(created.revision);
  expect(cache.get('/core/pods/a-b/x')!.object).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'x', resourceVersion: String(created.revision) },
    spec: { nodeName: 'n1', n: 1 },
  });
  await store.delete('/core/pods/a/x', cache.get('/core/pods/a/x')!.revision);
  await cache.readFresh();
  expect(names(cache.list('/core/pods/').items)).toEqual(['a-b/x', 'a/y', 'b/x']);
  expect(names(cache.list('/core/pods/a/').items)).toEqual(['a/y']);
  expect(names(cache.list('/core/pods/a/y').items)).toEqual(['a/y']);
  expect(cache.list('/core/pods/', { limit: 2 })).toMatchObject({ remaining: 1, revision: created.revision + 1 });
  expect(names(cache.list('/core/pods/', { limit: 2, after: '/core/pods/a/y' }).items)).toEqual(['b/x']);
  expect(cache.list('/apps/deployments/')).toEqual({ items: [], revision: created.revision + 1, remaining: 0 });
});

test('a fresh read sees what another process has committed', async () => {
  const other = await PostgresObjectStore.open(url);
  const cache = await start();
  for (let i = 0; i < 30; i++) {
    await other.create(`/core/pods/a/${i}`, text());
    await cache.readFresh();
    expect(cache.list('/core/pods/').items).toHaveLength(i + 1);
  }
  await other.close();
});

test.each([
  ['history', 2000],
  ['the log', 3],
])(
  'subscriptions begun at any time from any revision miss nothing and see nothing twice: from %s',
  async (_, events) => {
    const other = await PostgresObjectStore.open(url);
    const cache = await start({ history: { events, bytes: 1 << 20 } });
    const from = cache.revision;
    const all = await record(cache, '/core/pods/', from);
    let running = true;
    let newest = 0;
    const writers = Array.from({ length: 8 }, async (_, w) => {
      for (let i = 0; running; i++) {
        const each = w % 2 ? store : other;
        const { revision } = await each.create(`/core/pods/ns-${w % 3}/${w}-${i}`, text('', i));
        newest = Math.max(newest, revision);
      }
    });
    const records = [];
    for (let i = 0; i < 12; i++) {
      await pause(15);
      const at = i % 3 === 0 ? cache.revision : from + Math.floor((cache.revision - from) * (i / 12));
      records.push({
        at,
        prefix: i % 2 ? '/core/pods/' : '/core/pods/ns-1/',
        got: await record(cache, i % 2 ? '/core/pods/' : '/core/pods/ns-1/', at),
      });
    }
    running = false;
    await Promise.all(writers);
    await all.until(newest);
    expect(all.revisions()).toEqual(Array.from({ length: newest - from }, (_, i) => from + 1 + i));
    for (const { at, prefix, got } of records) {
      await got.until(newest);
      const wanted = all.events.filter((event) => event.revision > at && event.key.startsWith(prefix));
      expect(got.revisions()).toEqual(wanted.map((event) => event.revision));
      expect(got.events.every((event, i) => event.current.bytes.equals(wanted[i]!.current.bytes))).toBe(true);
    }
    await other.close();
  },
  30_000,
);

test('an indexed subscription hears of objects that enter, change in and leave its value', async () => {
  const cache = await start(byNode);
  const from = cache.revision;
  const node = (value: string) => ({ index: { name: 'spec.nodeName', value } });
  const live = await record(cache, '/core/pods/', from, node('n1'));
  const none = await record(cache, '/core/pods/', from, node(''));
  const a = await store.create('/core/pods/a/x', text(''));
  const b = await store.update('/core/pods/a/x', a.revision, text('n1'));
  await store.create('/core/pods/a/other', text('n2'));
  const c = await store.update('/core/pods/a/x', b.revision, text('n1', 5));
  const d = await store.update('/core/pods/a/x', c.revision, text('n2'));
  const end = await store.delete('/core/pods/a/x', d.revision);
  const wanted = [b.revision, c.revision, d.revision];
  await live.until(end);
  expect(live.revisions()).toEqual(wanted);
  expect(live.events[2]!.left()!.object).toMatchObject({
    metadata: { resourceVersion: `${d.revision}` },
    spec: { nodeName: 'n1', n: 5 },
  });
  await none.until(end);
  expect(none.revisions()).toEqual([a.revision, b.revision]);
  const replayed = await record(cache, '/core/pods/', from, node('n1'));
  await replayed.until(end);
  expect(replayed.revisions()).toEqual(wanted);
  expect(names(cache.list('/core/pods/', { index: { name: 'spec.nodeName', value: 'n2' } }).items)).toEqual(['a/other']);
  expect(cache.list('/core/pods/', { index: { name: 'spec.nodeName', value: 'n1' } }).items).toEqual([]);
  await expect(cache.subscribe('/core/pods/', from, { onEvents() {} }, { index: { name: 'nope', value: '' } })).rejects.toThrow(
    'no such index',
  );
});

test('one object, DELETED with its last state at the revision of the deletion', async () => {
  const cache = await start();
  const from = cache.revision;
  const one = await record(cache, '/core/pods/a/x', from);
  const { revision } = await store.create('/core/pods/a/x', text());
  await store.create('/core/pods/a/xy', text());
  const deleted = await store.delete('/core/pods/a/x', revision, text('', 9));
  await one.until(deleted);
  expect(one.events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
  expect(one.events[1]!.current.object).toMatchObject({ metadata: { resourceVersion: `${deleted}` }, spec: { n: 9 } });
  expect(one.events[1]!.previous!.revision).toBe(revision);
});

test('below the floor and beyond the present', async () => {
  for (let i = 0; i < 5; i++) await store.create(`/core/pods/a/${i}`, text());
  const cache = await start();
  await store.compact(4);
  await expect(cache.subscribe('/core/pods/', 3, { onEvents() {} })).rejects.toThrow(CompactedError);
  const fromLog = await record(cache, '/core/pods/', 4);
  await fromLog.until(7);
  expect(fromLog.revisions()).toEqual([5, 6, 7]);
  await expect(cache.waitUntilFresh(100, 20)).rejects.toThrow(FutureRevisionError);
  const waiting = cache.waitUntilFresh(8, 5000);
  await store.create('/core/pods/a/7', text());
  await waiting;
});

test('a subscriber that closes or throws does not disturb others', async () => {
  const cache = await start();
  const from = cache.revision;
  const failures: unknown[] = [];
  await cache.subscribe('/core/pods/', from, {
    onEvents: () => {
      throw new Error('broken pipe');
    },
    onClose: (error) => failures.push(error?.message),
  });
  const closing = await record(cache, '/core/pods/', from);
  const other = await record(cache, '/core/pods/', from);
  const { revision } = await store.create('/core/pods/a/1', text());
  await closing.until(revision);
  closing.subscription.close();
  const next = await store.create('/core/pods/a/2', text());
  await other.until(next.revision);
  expect(other.revisions()).toEqual([revision, next.revision]);
  expect(closing.revisions()).toEqual([revision]);
  expect(failures).toEqual(['broken pipe']);
  await cache.stop();
  expect(other.closed).toEqual([undefined]);
});

test('starts again from a list when the log was compacted under it', async () => {
  let broken = 1;
  const hiccup: ObjectStore = new Proxy(store, {
    get(target, property) {
      if (property === 'watch' && broken-- > 0)
        return async function* () {
          await pause(20);
          yield { events: [], revision: 1 };
          throw new CompactedError(1, 2);
        };
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const cache = await start({}, hiccup);
  const lost = await record(cache, '/core/pods/', cache.revision);
  await store.create('/core/pods/a/1', text());
  await cache.readFresh();
  expect(cache.list('/core/pods/').items).toHaveLength(1);
  expect(lost.closed).toEqual([expect.any(CompactedError)]);
});
