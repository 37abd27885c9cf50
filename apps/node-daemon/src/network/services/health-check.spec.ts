import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@windlass/platform';
import type { EndpointSlice, Service } from '@windlass/resources';
import { healthOf } from './health-check.ts';
import { HealthCheckServers } from './health-check-servers.ts';

const service: Service = {
  metadata: { name: 's', namespace: 'n' },
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 },
};
const endpoint = (ip: string, nodeName: string, ready?: boolean) => ({ addresses: [ip], nodeName, conditions: { ready } });
const slices = [
  { endpoints: [endpoint('10.0.0.1', 'here'), endpoint('10.0.0.2', 'here', false), endpoint('10.0.0.3', 'there')] },
  { endpoints: [endpoint('10.0.0.1', 'here'), endpoint('10.0.0.4', 'here', true)] },
  {},
] as EndpointSlice[];

it('counts the ready endpoints of this node, each once', () => {
  expect(healthOf(service, slices, { nodeName: 'here' })).toEqual({ namespace: 'n', name: 's', port: 31000, localEndpoints: 2 });
  expect(healthOf(service, slices, { nodeName: 'elsewhere' })?.localEndpoints).toBe(0);
});

it.each<Partial<Service['spec']>>([
  { type: 'NodePort' },
  { externalTrafficPolicy: 'Cluster' },
  { healthCheckNodePort: undefined },
])('has no check with %j', (spec) => {
  expect(healthOf({ ...service, spec: { ...service.spec, ...spec } }, slices, { nodeName: 'here' })).toBeUndefined();
});

it('answers 200 with endpoints, 503 without, and nothing once it is gone', async () => {
  const probe = createServer().listen(0);
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const servers = new HealthCheckServers(createLogger('health', 'silent'));
  const ask = () => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) });
  try {
    servers.set('n/s', { namespace: 'n', name: 's', port, localEndpoints: 2 });
    const up = await ask();
    expect([up.status, up.headers.get('x-load-balancing-endpoint-weight'), await up.json()]).toEqual([
      200,
      '2',
      { service: { namespace: 'n', name: 's' }, localEndpoints: 2, serviceProxyHealthy: true },
    ]);
    servers.set('n/s', { namespace: 'n', name: 's', port, localEndpoints: 0 });
    expect((await ask()).status).toBe(503);
    servers.set('n/s', undefined);
    await expect(ask()).rejects.toThrow();
  } finally {
    servers.stop();
  }
});
