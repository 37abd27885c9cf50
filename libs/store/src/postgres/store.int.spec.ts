import { type EmbeddedPostgres, startTemporaryPostgres } from '@windlass/host';
import pg from 'pg';
import { collect, objectStoreConformance } from '../conformance/index.ts';
import { createDatabase, dropDatabase } from './database.ts';
import { PostgresObjectStore } from './store.ts';

let server: EmbeddedPostgres;
let admin: string;
let url: string;
let count = 0;

/** `WINDLASS_TEST_DATABASE_URL`: an external server, for the tests that do not kill it. */
const external = process.env.WINDLASS_TEST_DATABASE_URL;

beforeAll(async () => {
  // Real durability: the crash tests are worth nothing without.
  server = await startTemporaryPostgres({ durable: true });
  admin = external ?? server.url;
}, 60_000);
afterAll(() => server?.stop());

const fresh = async (on = admin) => {
  url = await createDatabase(on, `store_${process.pid}_${count++}`);
  return url;
};

objectStoreConformance('PostgreSQL', {
  reset: async () => {
    if (url) await dropDatabase(admin, new URL(url).pathname.slice(1));
    await fresh();
  },
  open: () => PostgresObjectStore.open(url, { patienceMs: 10_000 }),
});

describe('PostgreSQL store', () => {
  test('many processes may open an empty database at once', async () => {
    await fresh();
    const stores = await Promise.all(Array.from({ length: 6 }, () => PostgresObjectStore.open(url, { readConnections: 1 })));
    await Promise.all(stores.map((store, i) => store.create(`/core/pods/a/${i}`, '1')));
    expect((await stores[0]!.list('/')).items).toHaveLength(6);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a database of a newer version is refused', async () => {
    await fresh();
    await (await PostgresObjectStore.open(url)).close();
    const client = new pg.Client(url);
    await client.connect();
    await client.query('INSERT INTO store_schema (version) VALUES (999)');
    await client.end();
    await expect(PostgresObjectStore.open(url)).rejects.toThrow('written by a newer one');
  });

  test('events of others arrive without notifications, too', async () => {
    await fresh();
    const [writer, reader] = await Promise.all([PostgresObjectStore.open(url), PostgresObjectStore.open(url, { pollMs: 100 })]);
    const watch = collect(reader, '/', 2, (events) => events.length === 2);
    await writer.create('/core/pods/a/1', '1');
    const client = new pg.Client(url);
    await client.connect();
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%/listener'");
    // A writer that says nothing: only polling can find it.
    await client.query(`UPDATE store_state SET revision = 4`);
    await client.query(
      `INSERT INTO revision_log (revision, type, key, data, create_revision) VALUES (4, 'c', '/core/pods/a/2', '2', 4)`,
    );
    await client.end();
    expect((await watch).events.map((event) => event.data)).toEqual(['1', '2']);
    await Promise.all([writer.close(), reader.close()]);
  });

  test('survives SIGKILL of the server under load: no write fails, is lost or done twice, watchers go on', async () => {
    await fresh(server.url);
    const store = await PostgresObjectStore.open(url, { patienceMs: 20_000 });
    const other = await PostgresObjectStore.open(url, { patienceMs: 20_000 });
    const acknowledged = new Map<string, number>();
    const stop = new AbortController();
    const seen = new Map<string, number>();
    const order: number[] = [];
    const watching = (async () => {
      for await (const { events } of other.watch('/', 2, stop.signal)) {
        for (const event of events) {
          seen.set(event.key, event.revision);
          order.push(event.revision);
        }
      }
    })();
    let running = true;
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      for (let i = 0; running; i++) {
        const key = `/core/pods/w-${writer}/${i}`;
        acknowledged.set(key, (await store.create(key, '"x"')).revision);
      }
    });
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    for (let round = 0; round < 2; round++) {
      while (acknowledged.size === 0) await pause(10);
      const before = acknowledged.size;
      await server.kill();
      await server.restart();
      while (acknowledged.size < before + 50) await pause(10);
    }
    running = false;
    await Promise.all(writers);
    const newest = await store.currentRevision();
    const { items } = await store.list('/');
    const stored = new Map(items.map((item) => [item.key, item.revision]));
    expect(stored).toEqual(acknowledged);
    while ((order.at(-1) ?? 0) < newest) await pause(10);
    expect(seen).toEqual(stored);
    expect(order).toEqual(Array.from({ length: newest - 2 }, (_, i) => i + 3));
    stop.abort();
    await watching;
    await Promise.all([store.close(), other.close()]);
  }, 60_000);

  test('a connection that breaks at any moment of a write costs nothing but time', async () => {
    await fresh();
    const store = await PostgresObjectStore.open(url);
    const client = new pg.Client(url);
    await client.connect();
    let running = true;
    let writes = 0;
    const breaking = (async () => {
      while (running) {
        await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%/writer' AND datname = current_database()",
        );
        // At least one write gets through between two breaks, however slow the machine is.
        const before = writes;
        do await new Promise((resolve) => setTimeout(resolve, Math.random() * 12));
        while (running && writes === before);
      }
    })();
    const made = new Map<string, number>();
    const refused: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, w) => {
        for (let i = 0; i < 30; i++) {
          const created = await store.create(`/core/pods/${w}/${i}`, '1');
          writes++;
          const again = await store.create(created.key, '2').catch((error) => error);
          refused.push(again.name);
          const updated = await store.update(created.key, created.revision, '3');
          const conflict = await store.update(created.key, created.revision, '4').catch((error) => error);
          expect(conflict).toMatchObject({ name: 'RevisionConflictError', current: updated });
          made.set(created.key, updated.revision);
        }
      }),
    );
    running = false;
    await breaking;
    expect(refused).toEqual(Array(240).fill('KeyExistsError'));
    const { items, revision } = await store.list('/');
    expect(new Map(items.map((item) => [item.key, item.revision]))).toEqual(made);
    expect(revision).toBe(2 + 480);
    const { events } = await collect(store, '/', 2, (got) => got.length >= 480);
    expect(events.map((event) => event.revision)).toEqual(Array.from({ length: 480 }, (_, i) => i + 3));
    // A writer whose row someone removed gets another.
    await client.query('DELETE FROM store_writers');
    await store.create('/core/pods/x/x', '1');
    await client.end();
    await store.close();
  }, 30_000);

  test('says so when the database stays away', async () => {
    await fresh(server.url);
    const store = await PostgresObjectStore.open(url, { patienceMs: 300 });
    await server.kill();
    try {
      await expect(store.get('/core/pods/a/x')).rejects.toMatchObject({ name: 'StoreUnavailableError' });
      const failures = await Promise.allSettled([store.create('/core/pods/a/x', '1'), store.create('/core/pods/a/y', '1')]);
      for (const failure of failures)
        expect(['StoreUnavailableError', 'UnknownOutcomeError']).toContain(failure.status === 'rejected' && failure.reason.name);
      await expect(store.create('/core/pods/a/x', '1')).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    } finally {
      await server.restart();
    }
    await store.create('/core/pods/a/x', '1');
    await store.close();
    await expect(store.create('/core/pods/a/z', '1')).rejects.toThrow('closed');
  }, 30_000);
});
