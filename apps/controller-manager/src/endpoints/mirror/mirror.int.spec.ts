import type { AnyObject } from '@windlass/meta';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['endpointslicemirroring'] });
}, 60_000);
afterAll(() => cluster?.stop());

test('hand-made Endpoints of a service without a selector are mirrored through create, update and delete', async () => {
  const namespace = await cluster.namespace('mirror');
  const endpoints = cluster.of('endpoints');
  const service = (name: string, spec = {}) =>
    cluster.of('services').create({ metadata: { name, namespace }, spec: { ports: [{ port: 80 }], ...spec } } as AnyObject);
  const subsets = (ips: string[], port = 8080) => [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'web', port }] }];
  const make = (name: string, labels = {}) =>
    endpoints.create({ metadata: { name, namespace, labels }, subsets: subsets(['192.0.2.1']) } as AnyObject);
  const slices = async (name: string) =>
    (await cluster.of('endpointSlices').list({ namespace })).items.filter(
      ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name,
    );
  await service('db');
  await service('own', { selector: { app: 'x' } });
  await service('skipped');
  await make('db', { team: 'a' });
  await make('own');
  await make('skipped', { 'endpointslice.kubernetes.io/skip-mirror': 'true' });
  await make('alone');

  const [slice] = await eventually(async () => {
    const found = await slices('db');
    expect(found).toHaveLength(1);
    return found;
  });
  expect(slice).toMatchObject({
    metadata: {
      labels: { team: 'a', 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
      ownerReferences: [{ kind: 'Endpoints', name: 'db', controller: true }],
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    ports: [{ name: 'web', port: 8080, protocol: 'TCP' }],
  });

  await endpoints.patch({ namespace, name: 'db' }, { subsets: subsets(['192.0.2.1', 'fd00::1']) });
  await eventually(async () => {
    const types = (await slices('db')).map(({ addressType, endpoints: [first] }) => `${addressType} ${first.addresses[0]}`);
    expect(types.sort()).toEqual(['IPv4 192.0.2.1', 'IPv6 fd00::1']);
  });
  await endpoints.patch({ namespace, name: 'db' }, { subsets: subsets(['192.0.2.2'], 9090) });
  await eventually(async () => {
    const found = await slices('db');
    expect(found.map(({ endpoints: [first], ports: [port] }) => [first.addresses[0], port.port])).toEqual([['192.0.2.2', 9090]]);
  });
  for (const name of ['own', 'skipped', 'alone']) expect(await slices(name)).toEqual([]);

  await endpoints.delete({ namespace, name: 'db' });
  await eventually(async () => expect(await slices('db')).toEqual([]));
});
