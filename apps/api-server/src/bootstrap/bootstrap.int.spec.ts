import { afterAll, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { freshDatabase, startTestApiServer, stopDatabases } from '@windlass/testkit';

afterAll(stopDatabases);

const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces', namespaced: false, kind: 'Namespace' } as const;
const SERVICES = { group: '', version: 'v1', resource: 'services', namespaced: true, kind: 'Service' } as const;
const ADDRESSES = {
  group: 'networking.k8s.io',
  version: 'v1',
  resource: 'ipaddresses',
  namespaced: false,
  kind: 'IPAddress',
} as const;

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

it('takes the address of service kubernetes back that a server killed at its first start left claimed', async () => {
  const database = await freshDatabase();
  const first = await startTestApiServer({ databaseUrl: database.url });
  const kubernetes = { name: 'kubernetes', namespace: 'default' };
  const services = first.admin.resource<AnyObject>(SERVICES);
  const { spec } = (await services.get(kubernetes)) as AnyObject & { spec: { clusterIP: string } };
  await services.delete(kubernetes);
  await first.admin.resource<AnyObject>(ADDRESSES).create({
    metadata: { name: spec.clusterIP },
    spec: { parentRef: { resource: 'services', ...kubernetes } },
  } as AnyObject);
  await first.stop();
  const second = await startTestApiServer({ databaseUrl: database.url });
  expect(await second.admin.resource<AnyObject>(SERVICES).get(kubernetes)).toMatchObject({ spec });
  await second.stop();
  await database.drop();
}, 30_000);
