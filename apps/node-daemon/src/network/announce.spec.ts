import type { EndpointSlice, Node, Service } from '@windlass/resources';
import { announcedBy } from './announce.ts';

const node = (name: string, status = 'True', labels = {}): Node => ({
  metadata: { name, labels },
  spec: {},
  status: { conditions: [{ type: 'Ready', status }] },
});
const service = (ip: string, spec: Partial<Service['spec']> = {}, ipMode = 'VIP'): Service => ({
  metadata: { name: ip, namespace: 'x' },
  spec: { type: 'LoadBalancer', ...spec },
  status: { loadBalancer: { ingress: [{ ip, ipMode }] } },
});
const ips = Array.from({ length: 30 }, (_, i) => `192.0.2.${i}`);
const slice = (nodeName: string, ready: boolean): EndpointSlice => ({
  metadata: {},
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.1'], nodeName, conditions: { ready } }],
});
const view = (nodes: Node[], services = ips.map((ip) => service(ip)), slices: EndpointSlice[] = []) => ({
  nodes,
  services,
  slicesOf: () => slices,
});

it('gives each address to exactly one ready node, and moves only those of a node that went', () => {
  const three = view([node('a'), node('b'), node('c')]);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => announcedBy(name, three)) as [string[], string[], string[]];
  expect([...a, ...b, ...c].sort()).toEqual([...ips].sort());
  for (const share of [a, b, c]) expect(share.length).toBeGreaterThan(0);
  for (const gone of [
    [],
    [node('c', 'Unknown')],
    [node('c', 'True', { 'node.kubernetes.io/exclude-from-external-load-balancers': '' })],
  ]) {
    const two = view([node('a'), node('b'), ...gone]);
    expect(announcedBy('c', two)).toEqual([]);
    expect(announcedBy('a', two)).toEqual(expect.arrayContaining(a));
    expect(announcedBy('b', two)).toEqual(expect.arrayContaining(b));
  }
});

it('follows the endpoints of services with a local policy', () => {
  const nodes = [node('a'), node('b'), node('c')];
  const local = ips.map((ip) => service(ip, { externalTrafficPolicy: 'Local' }));
  expect(announcedBy('b', view(nodes, local, [slice('b', true), slice('a', false)]))).toEqual([...ips].sort());
  expect(announcedBy('b', view(nodes, local, [slice('b', false)]))).toEqual([]);
});

it.each([
  ['another type', service('192.0.2.1', { type: 'ClusterIP' })],
  ['the balancer is a proxy', service('192.0.2.1', {}, 'Proxy')],
  ['IPv6', service('fd00::1')],
])('answers nowhere: %s', (_, object) => {
  expect(announcedBy('a', view([node('a')], [object]))).toEqual([]);
});
