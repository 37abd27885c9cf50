import { afterAll, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { freshDatabase, startTestApiServer, stopDatabases } from '@windlass/testkit';

afterAll(stopDatabases);

const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces', namespaced: false, kind: 'Namespace' } as const;
const API_SERVICES = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  resource: 'apiservices',
  namespaced: false,
  kind: 'APIService',
} as const;
const DEFINITIONS = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  namespaced: false,
  kind: 'CustomResourceDefinition',
} as const;
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

it('registers the groups that it serves, those of definitions too', async () => {
  const database = await freshDatabase();
  const server = await startTestApiServer({ databaseUrl: database.url });
  const services = server.admin.resource<AnyObject>(API_SERVICES);
  const { items } = await services.list();
  expect(items).toHaveLength(21);
  expect(items.find(({ metadata }) => metadata.name === 'v1.apps')).toMatchObject({
    metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
    spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 },
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
  });
  const definitions = server.admin.resource<AnyObject>(DEFINITIONS);
  await definitions.create({
    metadata: { name: 'things.own.example.com' },
    spec: {
      group: 'own.example.com',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  } as AnyObject);
  const count = async (wanted: number) => {
    for (let i = 0; i < 500; i++) {
      const found = (await services.list()).items.filter(({ metadata }) => metadata.name === 'v2.own.example.com').length;
      if (found === wanted) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return undefined;
  };
  expect(await count(1)).toBe(1);
  await definitions.delete({ name: 'things.own.example.com' });
  expect(await count(0)).toBe(0);
  await server.stop();
  await database.drop();
}, 60_000);

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
