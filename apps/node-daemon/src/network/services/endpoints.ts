import type { Endpoint, EndpointSlice, Service } from '@windlass/resources';

export interface ServiceTarget {
  ip: string;
  port: number;
  local: boolean;
}

export interface NodeContext {
  nodeName: string;
  zone?: string;
}

export interface PortTargets {
  /** For a policy of `Cluster`. */
  cluster: ServiceTarget[];
  /** For a policy of `Local`. */
  local: ServiceTarget[];
}

const usable = (endpoint: Endpoint) => endpoint.conditions?.ready ?? true;
/** Terminating endpoints that still answer serve when nothing else does (KEP-1669). */
const lastResort = (endpoint: Endpoint) =>
  (endpoint.conditions?.serving ?? endpoint.conditions?.ready ?? true) && (endpoint.conditions?.terminating ?? false);

interface Candidate {
  endpoint: Endpoint;
  target: ServiceTarget;
}

/** Where connections to one port of a service may go, by traffic policy, readiness and topology hints (kube-proxy's CategorizeEndpoints). */
export function targetsOf(slices: readonly EndpointSlice[], portName: string, protocol: string, node: NodeContext): PortTargets {
  const candidates = candidatesOf(slices, portName, protocol, node);
  const ready = candidates.filter(({ endpoint }) => usable(endpoint));
  const cluster = ready.length > 0 ? nearby(ready, node) : candidates.filter(({ endpoint }) => lastResort(endpoint));
  const here = candidates.filter(({ target }) => target.local);
  const readyHere = here.filter(({ endpoint }) => usable(endpoint));
  const local = readyHere.length > 0 ? readyHere : here.filter(({ endpoint }) => lastResort(endpoint));
  const plain = (list: Candidate[]) => list.map(({ target }) => target);
  return { cluster: plain(cluster), local: plain(local) };
}

function candidatesOf(slices: readonly EndpointSlice[], portName: string, protocol: string, node: NodeContext): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const port = slice.ports?.find((p) => (p.name ?? '') === portName && (p.protocol ?? 'TCP') === protocol)?.port;
    if (!port) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0];
      if (!ip) continue;
      const key = `${ip}:${port}`;
      const known = found.get(key);
      // The same address in two slices while one of them is being rewritten: the usable one counts.
      if (known && (usable(known.endpoint) || !usable(endpoint))) continue;
      found.set(key, { endpoint, target: { ip, port, local: endpoint.nodeName === node.nodeName } });
    }
  }
  // Sorted, so that an unchanged set of endpoints keeps its numbers and needs no update.
  return [...found.values()].sort((a, b) =>
    a.target.ip < b.target.ip ? -1 : a.target.ip > b.target.ip ? 1 : a.target.port - b.target.port,
  );
}

/** Hints count only when every ready endpoint has one and some endpoint is meant for us (KEP-2433, KEP-4444). */
function nearby(ready: Candidate[], { nodeName, zone }: NodeContext): Candidate[] {
  if (ready.every(({ endpoint }) => endpoint.hints?.forNodes?.length)) {
    const ours = ready.filter(({ endpoint }) => endpoint.hints?.forNodes?.some(({ name }) => name === nodeName));
    if (ours.length > 0) return ours;
  }
  if (zone && ready.every(({ endpoint }) => endpoint.hints?.forZones?.length)) {
    const ours = ready.filter(({ endpoint }) => endpoint.hints?.forZones?.some(({ name }) => name === zone));
    if (ours.length > 0) return ours;
  }
  return ready;
}

/** Services that a node proxies: with a cluster address, and not handed to somebody else (`service.kubernetes.io/service-proxy-name`). */
export const isProxied = (service: Service): boolean =>
  service.spec?.type !== 'ExternalName' &&
  !!service.spec?.clusterIP &&
  service.spec.clusterIP !== 'None' &&
  !service.metadata.labels?.['service.kubernetes.io/service-proxy-name'];
