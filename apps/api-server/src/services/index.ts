import type { Allocator } from '@windlass/apiserver';
import { parseCidr } from '@windlass/meta';
import type { IpFamily } from '@windlass/resources';
import type { Foundation } from '../start-api-server.ts';
import { writeDefaultEndpoints } from './default-endpoints.ts';
import { ensureDefaultService } from './default-service.ts';
import { DEFAULT_PORT_RANGE, NodePorts } from './node-ports.ts';
import { repairClaims } from './repair.ts';
import { ServerLeases } from './server-leases.ts';
import { ServiceAllocator } from './service-allocator.ts';
import { ServiceIps } from './service-ips.ts';

/** Cluster IPs, node ports and the service `kubernetes`. Resolves when services can be created. @returns what ends it */
export async function startServices(foundation: Foundation, allocators: Allocator[]): Promise<() => void> {
  const { config, reader, writer, store, cache, logger } = foundation;
  const families: IpFamily[] = [parseCidr(config.serviceCidr)!.family === 4 ? 'IPv4' : 'IPv6'];
  const ips = new Map(families.map((family) => [family, new ServiceIps(family, reader, writer)]));
  const ports = new NodePorts(store, cache, config.nodePortRange ?? DEFAULT_PORT_RANGE);
  const failed = (err: unknown) => logger.warn({ err }, 'claim not released');
  allocators.push(new ServiceAllocator({ ips, ports }, families, failed));
  await ensureDefaultService(foundation, (ip, owner) => ips.get(families[0]!)!.release(ip, owner));
  return repairClaims({ reader, writer, cache, ports, failed });
}

/** Makes this server known to the others and an endpoint of the service `kubernetes`. @param port that it listens on */
export async function joinServers({ config, reader, writer, logger }: Foundation, port: number): Promise<ServerLeases> {
  const { advertise } = config;
  const leases = new ServerLeases({
    reader,
    writer,
    address: advertise && { host: advertise.host, port: advertise.port || port },
    port,
    // An address that no endpoint may have (loopback, another family) must not keep the server from starting.
    live: (addresses) =>
      writeDefaultEndpoints({ reader, writer }, addresses).catch((err) =>
        logger.warn({ err }, 'endpoints of service kubernetes not written'),
      ),
    failed: (err) => logger.warn({ err }, 'lease of this server not renewed'),
    ...config.serverLeases,
  });
  await leases.start();
  return leases;
}
