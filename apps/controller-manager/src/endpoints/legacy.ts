import type { EndpointAddress, EndpointSubset, Endpoints, Service } from '@windlass/resources';
import { canonical } from '../shared/hash.ts';
import { isHeadless, type Member, targetRef } from './members.ts';
import { HEADLESS } from './slices.ts';

const MAX_ADDRESSES = 1000;
export const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** The Endpoints object of a service: addresses grouped by equal ports, ready and not ready apart, sorted. Terminating pods are left out. */
export function desiredEndpoints(service: Service, all: readonly Member[], current: Endpoints | undefined): Endpoints {
  const publish = service.spec?.publishNotReadyAddresses ?? false;
  const present = all.filter((member) => publish || !member.terminating);
  const kept = present.slice(0, MAX_ADDRESSES);
  const subsets = new Map<string, EndpointSubset>();
  for (const member of kept) {
    if (member.ports.length === 0 && !isHeadless(service)) continue;
    const id = canonical(member.ports);
    const subset = subsets.get(id) ?? { ports: member.ports.map(portOf) };
    const list = member.ready ? 'addresses' : 'notReadyAddresses';
    subset[list] = [...(subset[list] ?? []), addressOf(member)];
    subsets.set(id, subset);
  }
  const byIp = (a: EndpointAddress, b: EndpointAddress) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0);
  for (const subset of subsets.values()) {
    subset.addresses?.sort(byIp);
    subset.notReadyAddresses?.sort(byIp);
    if (subset.ports?.length === 0) delete subset.ports;
  }
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {};
  const { [OVER_CAPACITY]: __, ...annotations } = current?.metadata.annotations ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? { name: service.metadata.name, namespace: service.metadata.namespace }),
      labels: { ...labels, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}), [MANAGED_BY]: 'endpoint-controller' },
      annotations: present.length > kept.length ? { ...annotations, [OVER_CAPACITY]: 'truncated' } : annotations,
    },
    subsets: [...subsets.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset),
  };
}

const portOf = ({ name, port, protocol, appProtocol }: Member['ports'][number]) => ({
  name: name || undefined,
  port,
  protocol: protocol as 'TCP',
  appProtocol,
});

const addressOf = ({ pod, ip, hostname }: Member): EndpointAddress => ({
  ip,
  hostname,
  nodeName: pod.spec.nodeName,
  targetRef: targetRef(pod),
});
