import { isIP } from 'node:net';
import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, equalJson } from '@windlass/meta';
import { ensureObject } from '../bootstrap/ensure.ts';
import type { ServerAddress } from './server-leases.ts';

const namespace = 'default';
const NAME = 'kubernetes';
const SLICES = ['discovery.k8s.io', 'endpointslices'] as const;

/** Addresses by port, lowest port first; both sorted, each once. */
function byPort(addresses: readonly ServerAddress[]): [port: number, hosts: string[]][] {
  const groups = new Map<number, Set<string>>();
  for (const { host, port } of addresses) groups.set(port, (groups.get(port) ?? new Set()).add(host));
  return [...groups].sort(([a], [b]) => a - b).map(([port, hosts]) => [port, [...hosts].sort()]);
}

const portsOf = (port: number) => [{ name: 'https', port, protocol: 'TCP' }];

/** Subsets of the Endpoints `kubernetes`. */
export const subsetsOf = (addresses: readonly ServerAddress[]) =>
  byPort(addresses).map(([port, hosts]) => ({ addresses: hosts.map((ip) => ({ ip })), ports: portsOf(port) }));

/** The slice `kubernetes`, and one `kubernetes-PORT` for each further port that servers have. */
export const slicesOf = (addresses: readonly ServerAddress[]): AnyObject[] =>
  byPort(addresses).map(([port, hosts], i) => ({
    metadata: { name: i === 0 ? NAME : `${NAME}-${port}`, namespace, labels: { 'kubernetes.io/service-name': NAME } },
    addressType: isIP(hosts[0]!) === 6 ? 'IPv6' : 'IPv4',
    endpoints: hosts.map((host) => ({ addresses: [host], conditions: { ready: true } })),
    ports: portsOf(port),
  })) as unknown as AnyObject[];

/** Points the service `kubernetes` at these servers. An address that no endpoint may have is refused: @throws StatusError */
export async function writeDefaultEndpoints(
  { reader, writer }: { reader: ResourceReader; writer: ResourceWriter },
  addresses: readonly ServerAddress[],
): Promise<void> {
  const servers = addresses.filter(({ host }) => isIP(host));
  const subsets = subsetsOf(servers);
  const known = reader.get('', 'endpoints', namespace, NAME);
  if (!known && servers.length === 0) return;
  if (!known)
    await ensureObject({ reader, writer }, '', 'endpoints', {
      metadata: { name: NAME, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets,
    } as unknown as AnyObject);
  else if (!equalJson(known.subsets ?? [], subsets))
    await writer.modify('', 'endpoints', namespace, NAME, (object) => ({ ...object, subsets }));
  const slices = slicesOf(servers);
  for (const slice of slices) {
    const name = slice.metadata.name!;
    const existing = reader.get(...SLICES, namespace, name);
    const { endpoints, ports } = slice;
    if (!existing) await ensureObject({ reader, writer }, ...SLICES, slice);
    else if (!equalJson([existing.endpoints ?? [], existing.ports], [endpoints, ports]))
      await writer.modify(...SLICES, namespace, name, (object) => ({ ...object, endpoints, ports }));
  }
  for (const { metadata } of reader.list(...SLICES, namespace)) {
    const name = metadata.name!;
    if (!/^kubernetes(-\d+)?$/.test(name) || slices.some((slice) => slice.metadata.name === name)) continue;
    if (name === NAME) await writer.modify(...SLICES, namespace, name, (object) => ({ ...object, endpoints: [] }));
    else await writer.delete(...SLICES, namespace, name);
  }
}
