import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import type { IPAddress, IpFamily, Service } from '@windlass/resources';
import type { WatchCache } from '@windlass/store';
import type { Owner } from './claims.ts';
import { type NodePorts, PORT_PREFIX, type PortClaim } from './node-ports.ts';
import { ownerOf } from './service-allocator.ts';
import { ipAddressOf, MANAGED_BY, MANAGER } from './service-ips.ts';

const EVERY_MS = 180_000;
/** A claim is made before its service is stored: a younger one may be on its way. */
const YOUNGEST_MS = 60_000;

const NETWORKING = 'networking.k8s.io';

const ipsOf = ({ spec }: Service): string[] => (spec.clusterIPs ?? []).filter((ip) => ip !== '' && ip !== 'None');

const portsOf = ({ spec }: Service): number[] => [
  ...(spec.ports ?? []).flatMap(({ nodePort }) => nodePort || []),
  ...(spec.healthCheckNodePort ? [spec.healthCheckNodePort] : []),
];

export interface Repairs {
  /** Addresses that services have and nobody recorded. */
  missingIps: { ip: string; owner: Owner }[];
  missingPorts: { port: number; owner: Owner }[];
  /** Claims of no service. */
  leakedIps: IPAddress[];
  leakedPorts: { port: number; owner: Owner }[];
}

/** What claims and services disagree about. Claims younger than a minute are left alone. */
export function findRepairs(
  services: readonly Service[],
  addresses: readonly IPAddress[],
  claims: readonly PortClaim[],
  now: Date,
): Repairs {
  const old = ({ metadata }: { metadata: { creationTimestamp?: string | null } }): boolean =>
    now.getTime() - Date.parse(metadata.creationTimestamp ?? '') > YOUNGEST_MS;
  const usedIps = new Map(services.flatMap((service) => ipsOf(service).map((ip) => [ip, ownerOf(service)] as const)));
  const usedPorts = new Map(services.flatMap((service) => portsOf(service).map((port) => [port, ownerOf(service)] as const)));
  const recorded = new Set(addresses.map(({ metadata }) => metadata.name));
  const claimed = new Set(claims.map(({ metadata }) => Number(metadata.name)));
  const isOurs = ({ metadata }: IPAddress): boolean => metadata.labels?.[MANAGED_BY] === MANAGER;
  const leakedIp = (address: IPAddress): boolean => {
    const owner = usedIps.get(address.metadata.name ?? '');
    const { namespace, name } = address.spec.parentRef ?? {};
    return !owner || owner.namespace !== namespace || owner.name !== name;
  };
  return {
    missingIps: [...usedIps].filter(([ip]) => !recorded.has(ip)).map(([ip, owner]) => ({ ip, owner })),
    missingPorts: [...usedPorts].filter(([port]) => !claimed.has(port)).map(([port, owner]) => ({ port, owner })),
    leakedIps: addresses.filter((address) => isOurs(address) && old(address) && leakedIp(address)),
    leakedPorts: claims
      .filter((claim) => old(claim) && usedPorts.get(Number(claim.metadata.name))?.uid !== claim.owner.uid)
      .map(({ metadata, owner }) => ({ port: Number(metadata.name), owner })),
  };
}

export interface RepairOptions {
  reader: ResourceReader;
  writer: ResourceWriter;
  cache: WatchCache;
  ports: NodePorts;
  failed(error: unknown): void;
}

/** Gives back what crashes left, and records again what somebody deleted; at the start, every three minutes, and when an address goes. */
export function repairClaims({ reader, writer, cache, ports, failed }: RepairOptions): () => void {
  const family = (ip: string): IpFamily => (ip.includes(':') ? 'IPv6' : 'IPv4');
  const repair = async (): Promise<void> => {
    await cache.readFresh();
    const found = findRepairs(
      reader.list('', 'services') as unknown as Service[],
      reader.list(NETWORKING, 'ipaddresses') as unknown as IPAddress[],
      cache.list(PORT_PREFIX).items.map(({ object }) => object as unknown as PortClaim),
      new Date(),
    );
    const work = [
      ...found.missingIps.map(({ ip, owner }) => writer.create(NETWORKING, 'ipaddresses', ipAddressOf(ip, family(ip), owner))),
      ...found.missingPorts.map(({ port, owner }) => ports.take(port, owner)),
      ...found.leakedPorts.map(({ port, owner }) => ports.release(port, owner)),
      ...found.leakedIps.map(({ metadata }) =>
        writer.delete(NETWORKING, 'ipaddresses', '', metadata.name!, {
          preconditions: { uid: metadata.uid },
        } as unknown as AnyObject),
      ),
    ];
    // Another server, or the owner itself, may have been quicker.
    for (const { status, reason } of (await Promise.allSettled(work)) as PromiseRejectedResult[])
      if (status === 'rejected' && ![404, 409].includes(reason?.code) && reason?.name !== 'ClaimError') failed(reason);
  };
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = running.then(repair).catch(failed);
  };
  const timer = setInterval(run, EVERY_MS);
  timer.unref();
  let soon: NodeJS.Timeout | undefined;
  const stop = reader.onChange(NETWORKING, 'ipaddresses', (type) => {
    if (type !== 'DELETED') return;
    clearTimeout(soon);
    soon = setTimeout(run, 200).unref();
  });
  run();
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    stop();
  };
}
