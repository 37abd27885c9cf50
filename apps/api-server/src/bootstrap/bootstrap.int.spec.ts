import { afterAll, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { freshDatabase, startTestApiServer, stopDatabases } from '@windlass/testkit';

afterAll(stopDatabases);

const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces', namespaced: false, kind: 'Namespace' } as const;

it('makes the namespaces of every cluster, also when two servers start at once', async () => {
  const database = await freshDatabase();
  const servers = await Promise.all([1, 2].map(() => startTestApiServer({ databaseUrl: database.url })));
  for (const server of servers) {
    const { items } = await server.admin.resource<AnyObject>(NAMESPACES).list();
    expect(items.map((item) => item.metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect(items[0]).toMatchObject({ status: { phase: 'Active' }, spec: { finalizers: ['kubernetes'] } });
  }
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
}, 30_000);
