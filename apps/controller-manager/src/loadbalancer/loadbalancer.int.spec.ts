import type { AnyObject } from '@windlass/meta';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
let namespace: string;
beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: ['service-lb'],
    config: { loadBalancerPool: ['192.0.2.10-192.0.2.11'] },
  });
  namespace = await cluster.namespace('lb');
}, 60_000);
afterAll(() => cluster?.stop());

const create = (name: string, spec: object = {}) =>
  cluster
    .of('services')
    .create({ metadata: { name, namespace }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec } } as AnyObject);
const get = (name: string) => cluster.of('services').get({ namespace, name });
const ingress = async (name: string) => (await get(name)).status.loadBalancer.ingress;

test('addresses of the pool: assigned, exhausted, requested, given back', async () => {
  await create('a');
  await eventually(async () => expect(await ingress('a')).toEqual([{ ip: '192.0.2.10', ipMode: 'VIP' }]));
  expect((await get('a')).metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup']);
  await create('asked', { loadBalancerIP: '192.0.2.11', allocateLoadBalancerNodePorts: false });
  await eventually(async () => expect(await ingress('asked')).toEqual([{ ip: '192.0.2.11', ipMode: 'VIP' }]));
  expect((await get('asked')).spec.ports[0].nodePort).toBeUndefined();

  await create('late');
  await create('outside', { loadBalancerIP: '198.51.100.1' });
  await create('foreign', { loadBalancerClass: 'example.com/other' });
  await eventually(async () => {
    const said = 'SyncLoadBalancerFailed Error syncing load balancer: failed to ensure load balancer:';
    expect(await cluster.events(namespace, 'late')).toContain(`${said} no free IPv4 address is left in the load balancer pool`);
    expect(await cluster.events(namespace, 'outside')).toContain(
      `${said} requested address 198.51.100.1 is not in the load balancer pool`,
    );
    expect(await cluster.events(namespace, 'a')).toEqual([
      'EnsuringLoadBalancer Ensuring load balancer',
      'EnsuredLoadBalancer Ensured load balancer',
    ]);
  });

  await cluster.of('services').delete({ namespace, name: 'a' });
  await eventually(async () => expect(await ingress('late')).toEqual([{ ip: '192.0.2.10', ipMode: 'VIP' }]));
  await expect(get('a')).rejects.toMatchObject({ status: { code: 404 } });

  await cluster.of('services').patch({ namespace, name: 'asked' }, { spec: { type: 'ClusterIP', loadBalancerIP: null } });
  await eventually(async () => {
    const { metadata, status } = await get('asked');
    expect([metadata.finalizers, status.loadBalancer]).toEqual([undefined, {}]);
  });
  expect((await get('foreign')).status.loadBalancer).toEqual({});
});
