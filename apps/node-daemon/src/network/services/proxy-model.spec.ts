import type { EndpointSlice, Service } from '@windlass/resources';
import { ProxyModel } from './proxy-model.ts';

const service = (name: string, clusterIP: string, externalIPs: string[] = []): Service => ({
  metadata: { namespace: 'default', name },
  spec: { clusterIP, clusterIPs: [clusterIP], externalIPs, ports: [{ port: 80, protocol: 'TCP' }] },
});
const slices = (...addresses: string[]): EndpointSlice[] => [
  {
    metadata: {},
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  },
];
const model = () => new ProxyModel({ table: 't', clusterCidr: '10.1.0.0/16', serviceCidr: '10.2.0.0/16' }, { nodeName: 'n' });

it('numbers the endpoints of a service and takes them all away with it', () => {
  const proxy = model();
  proxy.setService('default/a', service('a', '10.2.0.1'), slices('10.1.0.2', '10.1.0.1'));
  expect([...proxy.table.entries('ep')]).toEqual([
    ['10.2.0.1 . tcp . 80 . 0', '10.1.0.1 . 8080'],
    ['10.2.0.1 . tcp . 80 . 1', '10.1.0.2 . 8080'],
  ]);
  expect(proxy.table.get('svc', '10.2.0.1 . tcp . 80')).toBe('goto svc_masq_2');
  proxy.setService('default/a', service('a', '10.2.0.1'), []);
  expect(proxy.table.get('svc', '10.2.0.1 . tcp . 80')).toBeUndefined();
  expect(proxy.table.get('svc_empty', '10.2.0.1 . tcp . 80')).toBe('goto refuse');
  proxy.setService('default/a', undefined, []);
  for (const set of ['svc', 'svc_empty', 'ep']) expect(proxy.table.entries(set).size).toBe(0);
});

it('gives an address that several services claim to the one that came first, then to the next', () => {
  const proxy = model();
  const claimed = '192.0.2.1 . tcp . 80 . 0';
  for (const [name, host] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    proxy.setService(`default/${name}`, service(name, `10.2.0.${host}`, ['192.0.2.1']), slices(`10.1.0.${host}`));
  expect(proxy.table.get('ep', claimed)).toBe('10.1.0.1 . 8080');
  proxy.setService('default/b', service('b', '10.2.0.2', ['192.0.2.1']), slices('10.1.0.22'));
  expect(proxy.table.get('ep', claimed)).toBe('10.1.0.1 . 8080');
  proxy.setService('default/c', undefined, []);
  proxy.setService('default/a', service('a', '10.2.0.1'), slices('10.1.0.1'));
  expect(proxy.table.get('ep', claimed)).toBe('10.1.0.22 . 8080');
  proxy.setService('default/b', undefined, []);
  expect(proxy.table.get('ep', claimed)).toBeUndefined();
  expect(proxy.table.get('ep', '10.2.0.1 . tcp . 80 . 0')).toBe('10.1.0.1 . 8080');
});
