import { createHash } from 'node:crypto';
import type { EndpointSlice, Node, Service } from '@windlass/resources';

/** Nodes that stay out of load balancing (well-known label). */
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** Where the announcer looks. */
export interface AnnounceView {
  nodes: readonly Node[];
  services: readonly Service[];
  slicesOf(service: Service): readonly EndpointSlice[];
}

const isReady = ({ status }: Node) => status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');

/** Nodes that may answer on a service's addresses: ready ones, with `externalTrafficPolicy: Local` those that have a ready endpoint. */
function speakers(service: Service, view: AnnounceView, ready: readonly string[]): readonly string[] {
  if (service.spec?.externalTrafficPolicy !== 'Local') return ready;
  const hosts = new Set(
    view
      .slicesOf(service)
      .flatMap(({ endpoints }) => endpoints ?? [])
      .flatMap(({ conditions, nodeName }) => ((conditions?.ready ?? true) && nodeName ? [nodeName] : [])),
  );
  return ready.filter((name) => hosts.has(name));
}

const weight = (address: string, node: string) => createHash('sha256').update(`${address} ${node}`).digest('hex');

/**
 * Pure: the load balancer addresses that `self` answers on. Every node computes the same speaker per address (rendezvous hashing: when a
 * node goes, only its addresses move), so that no election is needed.
 */
export function announcedBy(self: string, view: AnnounceView): string[] {
  const ready = view.nodes
    .filter((node) => isReady(node) && !(EXCLUDED in (node.metadata.labels ?? {})))
    .map(({ metadata }) => metadata.name ?? '');
  const found = new Set<string>();
  for (const service of view.services) {
    if (service.spec?.type !== 'LoadBalancer') continue;
    for (const { ip, ipMode } of service.status?.loadBalancer?.ingress ?? []) {
      if (!ip?.includes('.') || ipMode === 'Proxy') continue;
      const [best] = [...speakers(service, view, ready)].sort((a, b) => (weight(ip, a) < weight(ip, b) ? 1 : -1));
      if (best === self) found.add(ip);
    }
  }
  return [...found].sort();
}
