import { type EmbeddedPostgres, startTemporaryPostgres } from '@windlass/host';
import { objectStoreConformance } from '../conformance/index.ts';
import { createDatabase, dropDatabase } from '../postgres/database.ts';
import { PostgresObjectStore } from '../postgres/store.ts';
import { type TextTransformer, TransformedStore } from './transformed-store.ts';

/** Keeps texts backwards, under their key; a form of before has no key. */
const backwards: TextTransformer = {
  write: (key, text) => `${key}|${[...text].reverse().join('')}`,
  read(key, kept) {
    const [of, text] = kept.includes('|') ? [kept.slice(0, kept.indexOf('|')), kept.slice(kept.indexOf('|') + 1)] : [key, kept];
    if (of !== key) throw new Error(`the text of ${of} is under ${key}`);
    return [...text].reverse().join('');
  },
  isStale: (_, kept) => !kept.includes('|'),
};

let server: EmbeddedPostgres;
let url: string;
let count = 0;
beforeAll(async () => {
  server = await startTemporaryPostgres();
}, 60_000);
afterAll(() => server?.stop());

objectStoreConformance('a transformed store', {
  reset: async () => {
    if (url) await dropDatabase(server.url, new URL(url).pathname.slice(1));
    url = await createDatabase(server.url, `transformed_${process.pid}_${count++}`);
  },
  open: async () => new TransformedStore(await PostgresObjectStore.open(url, { patienceMs: 10_000 }), backwards),
});

test('what is below sees the other form only, and forms of before are written anew', async () => {
  url = await createDatabase(server.url, `transformed_${process.pid}_${count++}`);
  const inner = await PostgresObjectStore.open(url);
  const store = new TransformedStore(inner, backwards);
  await store.create('/core/secrets/a/new', 'abc');
  await inner.create('/core/secrets/a/old', 'xyz');
  expect((await inner.list('/')).items.map(({ data }) => data)).toEqual(['/core/secrets/a/new|cba', 'xyz']);
  expect(await store.rewriteStale('/', new AbortController().signal)).toBe(1);
  expect(await store.rewriteStale('/', new AbortController().signal)).toBe(0);
  expect((await inner.get('/core/secrets/a/old'))?.data).toBe('/core/secrets/a/old|xyz');
  expect((await store.get('/core/secrets/a/old'))?.data).toBe('zyx');
  await store.close();
});
