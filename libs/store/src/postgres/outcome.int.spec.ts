import { connect, createServer, type Server } from 'node:net';
import { type EmbeddedPostgres, startTemporaryPostgres } from '@windlass/host';
import { collect } from '../conformance/index.ts';
import { createDatabase } from './database.ts';
import { PostgresObjectStore } from './store.ts';

let server: EmbeddedPostgres;
let proxy: Server;
let url: string;
let store: PostgresObjectStore;
/** How the next batch fails: its answer is swallowed, or it arrives only after its connection was given up. */
let fault: 'none' | 'lose answer' | 'deliver late' = 'none';

beforeAll(async () => {
  server = await startTemporaryPostgres();
  const direct = new URL(await createDatabase(server.url, 'outcome'));
  const path = `${direct.searchParams.get('host')}/.s.PGSQL.5432`;
  proxy = createServer((client) => {
    const upstream = connect({ path });
    let silent = false;
    client.on('data', (chunk) => {
      const now = chunk.includes('FROM store_write(') ? fault : 'none';
      if (now !== 'none') {
        fault = 'none';
        silent = true;
        setTimeout(() => client.destroy(), 30);
        if (now === 'deliver late') {
          setTimeout(() => upstream.write(chunk), 200);
          setTimeout(() => upstream.destroy(), 400);
          return;
        }
        setTimeout(() => upstream.destroy(), 30);
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => silent || client.write(chunk));
    client.on('close', () => silent || upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('error', () => {});
    upstream.on('error', () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  direct.search = '';
  direct.host = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
  url = direct.toString();
  store = await PostgresObjectStore.open(url);
}, 60_000);
afterAll(async () => {
  await store?.close();
  proxy?.close();
  await server?.stop();
});

const mixed = async (name: string) => {
  const before = await store.create(`/core/pods/${name}/old`, '1');
  const gone = await store.create(`/core/pods/${name}/gone`, '1');
  const from = await store.currentRevision();
  const write = () =>
    Promise.allSettled([
      store.create(`/core/pods/${name}/new`, '2'),
      store.update(before.key, before.revision, '2'),
      store.delete(gone.key, gone.revision),
      store.create(`/core/pods/${name}/none`, '3').then(() => store.update(`/core/pods/${name}/none`, 1, '4')),
    ]);
  return { before, from, write };
};

test.each(['lose answer', 'deliver late'] as const)(
  '%s: each write happens once and its caller is told the truth',
  async (kind) => {
    const { before, from, write } = await mixed(kind.replace(' ', '-'));
    const prefix = before.key.replace('old', '');
    const watching = collect(store, prefix, from, (events) => events.length >= 4);
    fault = kind;
    const [created, updated, deleted, conflict] = await write();
    expect(fault).toBe('none');
    expect(created).toMatchObject({ status: 'fulfilled', value: { revision: from + 1, createRevision: from + 1, data: '2' } });
    expect(updated).toMatchObject({ value: { revision: from + 2, createRevision: before.createRevision, data: '2' } });
    expect(deleted).toMatchObject({ value: from + 3 });
    expect(conflict).toMatchObject({ reason: { name: 'RevisionConflictError', current: { revision: from + 4, data: '3' } } });
    // Long enough for a late batch to have arrived.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await store.currentRevision()).toBe(from + 4);
    const { events } = await watching;
    expect(events.map(({ type, revision, previous }) => [type, revision - from, previous])).toEqual([
      ['ADDED', 1, undefined],
      ['MODIFIED', 2, '1'],
      ['DELETED', 3, '1'],
      ['ADDED', 4, undefined],
    ]);
  },
);

test('a refused write stays refused', async () => {
  const made = await store.create('/core/pods/refused/x', '1');
  fault = 'lose answer';
  const answers = await Promise.allSettled([
    store.create(made.key, '2'),
    store.update('/core/pods/refused/y', 5, '2'),
    store.create('/core/pods/refused/z', '2'),
  ]);
  expect(answers).toMatchObject([
    { reason: { name: 'KeyExistsError' } },
    { reason: { name: 'RevisionConflictError', current: undefined } },
    { value: { revision: made.revision + 1 } },
  ]);
});
