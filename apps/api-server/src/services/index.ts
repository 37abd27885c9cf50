import type { Allocator } from '@windlass/apiserver';
import { parseCidr } from '@windlass/meta';
import type { IpFamily } from '@windlass/resources';
import type { Foundation } from '../start-api-server.ts';
import { ensureDefaultEndpoints } from './default-endpoints.ts';
import { ensureDefaultService } from './default-service.ts';
import { DEFAULT_PORT_RANGE, NodePorts } from './node-ports.ts';
import { ServiceAllocator } from './service-allocator.ts';
import { ServiceIps } from './service-ips.ts';

/** Cluster IPs, node ports and the service `kubernetes`. Resolves when services can be created. */
export async function startServices(foundation: Foundation, allocators: Allocator[]): Promise<void> {
  const { config, reader, writer, store, cache, logger } = foundation;
  const families: IpFamily[] = [parseCidr(config.serviceCidr)!.family === 4 ? 'IPv4' : 'IPv6'];
  const ips = new Map(families.map((family) => [family, new ServiceIps(family, reader, writer)]));
  const ports = new NodePorts(store, cache, config.nodePortRange ?? DEFAULT_PORT_RANGE);
  const failed = (err: unknown) => logger.warn({ err }, 'claim not released');
  allocators.push(new ServiceAllocator({ ips, ports }, families, failed));
  await ensureDefaultService(foundation);
  // An address that no endpoint may have (loopback, another family) must not keep the server from starting.
  await ensureDefaultEndpoints(foundation).catch((err) => logger.warn({ err }, 'service kubernetes has no endpoints'));
}
