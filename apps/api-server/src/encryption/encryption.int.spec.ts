import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AnyObject } from '@windlass/meta';
import { type FreshDatabase, freshDatabase, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import pg from 'pg';

const SECRETS = { group: '', version: 'v1', resource: 'secrets', namespaced: true, kind: 'Secret' } as const;
const key = (name: string) => ({ name, secret: Buffer.alloc(32, name).toString('base64') });

let database: FreshDatabase;
let directory: string;
beforeAll(async () => {
  database = await freshDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'windlass-encryption-'));
}, 60_000);
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
  await stopDatabases();
});

async function start(providers: object[] | undefined): Promise<TestApiServer> {
  if (!providers) return startTestApiServer({ databaseUrl: database.url });
  const encryptionConfigFile = path.join(directory, 'encryption.json');
  const file = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers }],
  };
  await writeFile(encryptionConfigFile, JSON.stringify(file));
  return startTestApiServer({ databaseUrl: database.url, encryptionConfigFile });
}

/** As it is stored. */
async function raw(name: string): Promise<string> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    const { rows } = await client.query('SELECT data FROM objects WHERE key = $1', [`/core/secrets/default/${name}`]);
    return rows[0]?.data as string;
  } finally {
    await client.end();
  }
}

async function becomes(name: string, prefix: string): Promise<void> {
  for (const until = Date.now() + 10_000; !(await raw(name)).startsWith(prefix); ) {
    if (Date.now() > until) throw new Error(`${name} is not stored as ${prefix}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const secret = (name: string, value: string) =>
  ({ metadata: { namespace: 'default', name }, stringData: { password: value } }) as unknown as AnyObject;
const value = async (server: TestApiServer, name: string) => {
  const { data } = await server.admin.resource<AnyObject>(SECRETS).get({ namespace: 'default', name });
  return Buffer.from(data.password, 'base64').toString();
};
const aesgcm = (...names: string[]) => ({ aesgcm: { keys: names.map(key) } });

test('secrets are stored encrypted, read by everybody as before, and written anew when the key changes', async () => {
  const plain = await start(undefined);
  await plain.admin.resource<AnyObject>(SECRETS).create(secret('early', 'one'));
  await plain.stop();
  expect(await raw('early')).toContain(Buffer.from('one').toString('base64'));

  const first = await start([aesgcm('k1'), { identity: {} }]);
  await becomes('early', 'k8s:enc:aesgcm:v1:k1:');
  const seen: string[] = [];
  const stop = new AbortController();
  const secrets = first.admin.resource<AnyObject>(SECRETS);
  const { resourceVersion } = (await secrets.list({ namespace: 'default' })).metadata as { resourceVersion: string };
  const watching = (async () => {
    for await (const events of secrets.watch({ namespace: 'default', resourceVersion, signal: stop.signal }))
      for (const { type, object } of events) seen.push(`${type} ${object.metadata.name} ${object.data.password}`);
  })().catch(() => {});
  await secrets.create(secret('late', 'two'));
  const patched = { stringData: { password: 'three' } };
  await secrets.patch({ namespace: 'default', name: 'late' }, patched);
  expect(await raw('late')).not.toContain('metadata');
  expect([await value(first, 'early'), await value(first, 'late')]).toEqual(['one', 'three']);
  for (const until = Date.now() + 10_000; seen.filter((line) => line.includes('late')).length < 2 && Date.now() < until; )
    await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen.filter((line) => line.includes('late'))).toEqual(['ADDED late dHdv', 'MODIFIED late dGhyZWU=']);
  stop.abort();
  await watching;
  await first.stop();

  const second = await start([aesgcm('k2', 'k1')]);
  await becomes('early', 'k8s:enc:aesgcm:v1:k2:');
  await becomes('late', 'k8s:enc:aesgcm:v1:k2:');
  expect([await value(second, 'early'), await value(second, 'late')]).toEqual(['one', 'three']);
  await second.stop();
}, 60_000);

test('a server without the key does not start, and says what it lacks', async () => {
  await expect(start([aesgcm('k3')])).rejects.toThrow('does not name: aesgcm:v1:k2');
});
