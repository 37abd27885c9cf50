import { PostgresObjectStore, type StoreEvent } from '@windlass/store';
import { Random, stopDatabases } from '@windlass/testkit';
import { configMaps, NAMESPACE, SELECTOR, startWatcher, writer } from './actors.ts';
import { type ServerProcesses, startServers } from './servers.ts';
import { expectedOf, faultOf, type Seen } from './truth.ts';

// Replay one run with SEED; SOAK_WRITES=200 makes it long (`npm run soak`).
const SEED = Number(process.env.SEED ?? Date.now() % 1e6);
const WRITES_EACH = Number(process.env.SOAK_WRITES ?? 6);
const WRITERS = 200;
const WATCHERS = 50;
const PREFIX = `/core/configmaps/${NAMESPACE}/`;

let processes: ServerProcesses;
/** Ends the watchers, whatever came of the test. */
const done = new AbortController();
beforeAll(async () => {
  processes = await startServers(2);
}, 60_000);
afterAll(async () => {
  done.abort();
  await processes?.stop();
  await stopDatabases();
}, 60_000);

async function logSince(store: PostgresObjectStore, from: number): Promise<StoreEvent[]> {
  const newest = await store.currentRevision();
  const log: StoreEvent[] = [];
  const abort = new AbortController();
  for await (const batch of store.watch(PREFIX, from, abort.signal)) {
    log.push(...batch.events);
    if (batch.revision >= newest) break;
  }
  abort.abort();
  return log;
}

test(`${WATCHERS} watchers miss nothing of ${WRITERS} writers through two servers, one of which is killed (seed ${SEED})`, async () => {
  const { servers, databaseUrl } = processes;
  const clients = servers.map(({ client }) => client);
  const store = await PostgresObjectStore.open(databaseUrl);
  const from = await store.currentRevision();
  const random = (i: number) => new Random(SEED * 1000 + i);
  const watchers = await Promise.all(Array.from({ length: WATCHERS }, (_, i) => startWatcher(random(i), clients, done.signal)));
  const names = Array.from({ length: 100 }, (_, i) => `o-${i}`);
  const writing = Promise.all(
    Array.from({ length: WRITERS }, (_, i) => writer(random(WATCHERS + i), clients, names, WRITES_EACH, 150)),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  await servers[0]!.kill();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await servers[0]!.start();
  const acknowledged = (await writing).flat();
  const late = await startWatcher(random(999), clients, done.signal);
  const log = await logSince(store, from);
  const everyone = [...watchers, late];
  const last = (selecting: boolean) => expectedOf(log, selecting).at(-1)?.revision ?? 0;
  await Promise.all(everyone.map((watcher) => watcher.reach(last(watcher.selecting))));
  done.abort();

  // What was acknowledged is in the log, and each watcher saw the log.
  const logged = new Set(log.map(({ key, revision }) => `${key} ${revision}`));
  expect(acknowledged.filter(({ name, revision }) => !logged.has(`${PREFIX}${name} ${revision}`))).toEqual([]);
  const faults = everyone.map((watcher) => faultOf(watcher.seen, expectedOf(log, watcher.selecting), watcher.from));
  expect(faults.filter(Boolean)).toEqual([]);
  expect(Math.min(...watchers.map(({ reconnects }) => reconnects))).toBeGreaterThan(0);
  expect(everyone.flatMap(({ seen }) => seen).some(({ type }) => type === 'BOOKMARK')).toBe(true);

  // What they end with is what a list says, at either server.
  for (const client of clients) {
    for (const selecting of [false, true]) {
      const { items } = await configMaps(client).list({ namespace: NAMESPACE, labelSelector: selecting ? SELECTOR : undefined });
      const state = new Map<string, number>();
      for (const { type, name, revision } of expectedOf(log, selecting) as Seen[])
        if (type === 'DELETED') state.delete(name);
        else state.set(name, revision);
      const listed = items.filter(({ metadata }) => metadata.name!.startsWith('o-'));
      expect(new Map(listed.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]))).toEqual(state);
    }
  }
  await store.close();
}, 600_000);
