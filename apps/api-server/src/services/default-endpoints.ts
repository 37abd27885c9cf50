import { isIP } from 'node:net';
import type { AnyObject } from '@windlass/meta';
import { ensureObject } from '../bootstrap/ensure.ts';
import type { Foundation } from '../start-api-server.ts';

const namespace = 'default';
const name = 'kubernetes';

/** Points the service `kubernetes` at this server. The server that started last is the one named. */
export async function ensureDefaultEndpoints({ config, reader, writer }: Foundation): Promise<void> {
  if (!config.advertise || !isIP(config.advertise.host)) return;
  const { host, port } = config.advertise;
  const ports = [{ name: 'https', port, protocol: 'TCP' }];
  const subsets = [{ addresses: [{ ip: host }], ports }];
  const slice = { endpoints: [{ addresses: [host], conditions: { ready: true } }], ports };
  const bootstrap = { reader, writer };
  await ensureObject(bootstrap, '', 'endpoints', {
    metadata: { name, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets,
  } as unknown as AnyObject);
  await ensureObject(bootstrap, 'discovery.k8s.io', 'endpointslices', {
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: isIP(host) === 6 ? 'IPv6' : 'IPv4',
    ...slice,
  } as unknown as AnyObject);
  await writer.modify('', 'endpoints', namespace, name, (object) => ({ ...object, subsets }));
  await writer.modify('discovery.k8s.io', 'endpointslices', namespace, name, (object) => ({ ...object, ...slice }));
}
