import http2 from 'node:http2';
import https from 'node:https';
import { gunzipSync } from 'node:zlib';
import { PostgresObjectStore } from '@windlass/store';
import { ADMIN_TOKEN, useApiServer } from '@windlass/testkit';

const MAPS = 1000;
const api = useApiServer();
const path = (letter: string) => `/api/v1/namespaces/long-${letter}/configmaps`;

/** 1,000 ConfigMaps of 2 KB in each of two namespaces; every byte of a list tells whose it is. */
beforeAll(async () => {
  const store = await PostgresObjectStore.open(api.server.databaseUrl);
  for (const letter of ['a', 'b'])
    await Promise.all(
      Array.from({ length: MAPS }, (_, i) => {
        const metadata = { name: `map-${i}`, namespace: `long-${letter}`, uid: `${letter}-${i}` };
        const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { text: letter.repeat(2000) } };
        return store.create(`/core/configmaps/long-${letter}/map-${i}`, JSON.stringify(object));
      }),
    );
  await store.close();
}, 60_000);
interface Got {
  headers: Record<string, unknown>;
  body: Buffer;
}

const overHttp1 = (url: string, headers: Record<string, string> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: api.server.port, path: url, ca: api.server.pki.caCert, agent: false as const };
    https
      .get({ ...options, headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
        response.on('error', reject);
      })
      .on('error', reject);
  });

const overHttp2 = (session: http2.ClientHttp2Session, url: string): Promise<Got> =>
  new Promise((resolve, reject) => {
    const stream = session.request({ ':path': url, authorization: `Bearer ${ADMIN_TOKEN}` });
    let headers: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    stream.on('response', (given) => {
      headers = given;
    });
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => resolve({ headers, body: Buffer.concat(chunks) }));
    stream.on('error', reject);
  });

function expectWhole({ body }: Got, letter: string): void {
  const { items } = JSON.parse(body.toString()) as { items: { metadata: { uid: string }; data: { text: string } }[] };
  expect(items).toHaveLength(MAPS);
  expect(new Set(items.map(({ metadata }) => metadata.uid)).size).toBe(MAPS);
  expect(items.filter(({ data }) => data.text !== letter.repeat(2000))).toEqual([]);
}

test('lists that are written at the same time do not mix, whatever carries them', async () => {
  const session = http2.connect(`https://127.0.0.1:${api.server.port}`, { ca: api.server.pki.caCert });
  const letters = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 'a' : 'b'));
  const plain = letters.map(async (letter) => expectWhole(await overHttp1(path(letter)), letter));
  const streams = letters.map(async (letter) => expectWhole(await overHttp2(session, path(letter)), letter));
  const zipped = letters.map(async (letter) => {
    const got = await overHttp1(path(letter), { 'accept-encoding': 'gzip' });
    expect(got.headers['content-encoding']).toBe('gzip');
    expectWhole({ ...got, body: gunzipSync(got.body) }, letter);
  });
  await Promise.all([...plain, ...streams, ...zipped]);
  session.close();
});

test('the length of a list is told; a table, which is made while it goes out, comes in chunks', async () => {
  const list = await overHttp1(path('a'));
  expect(list.headers['content-length']).toBe(String(list.body.length));
  const table = await overHttp1(path('a'), { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
  expect(table.headers['transfer-encoding']).toBe('chunked');
  const { rows } = JSON.parse(table.body.toString());
  expect(rows).toHaveLength(MAPS);
  const short = await overHttp1(`${path('a')}?limit=1`, { 'accept-encoding': 'gzip' });
  expect(short.headers['content-encoding']).toBeUndefined();
});

test('a client that goes away in the middle of a list takes nothing with it', async () => {
  for (let i = 0; i < 20; i++)
    await new Promise<void>((resolve) => {
      const request = https.get(
        {
          host: '127.0.0.1',
          port: api.server.port,
          path: path('b'),
          ca: api.server.pki.caCert,
          agent: false,
          headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
        },
        (response) => response.once('data', () => request.destroy()),
      );
      request.on('error', () => {});
      request.on('close', resolve);
    });
  expectWhole(await overHttp1(path('a')), 'a');
});
