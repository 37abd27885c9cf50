import { shortHash } from '@windlass/host';
import type { EndpointSlice, Service } from '@windlass/resources';
import { INSIDE, type ProxyConfig } from './declaration.ts';
import { isProxied, type NodeContext, type ServiceTarget, targetsOf } from './endpoints.ts';

/** What one service adds to the table. Elements are `[set, key, value]`. */
export interface Contribution {
  elements: [set: string, key: string, value: string][];
  /** Chains of this service alone (session affinity, source ranges). */
  chains: Map<string, string[]>;
  /** Sets of this service alone, by body. */
  sets: Map<string, string>;
  /** Shared chains that it jumps to. */
  picks: Pick[];
  /** UDP: where clients of each frontend are sent, for stale conntrack entries. */
  udp: { address?: string; port: number; endpoints: string[] }[];
}
export interface Pick {
  kind: 'svc' | 'np';
  count: number;
  inside: boolean;
  masquerade: boolean;
}

export const pickName = ({ kind, count, inside, masquerade }: Pick): string =>
  `${kind}_${inside ? 'in' : masquerade ? 'masq' : 'pick'}_${count}`;

interface Frontend {
  kind: 'svc' | 'np';
  /** `address . protocol . port`, or `protocol . port` for a node port. */
  key: string;
  address?: string;
  policy: 'Cluster' | 'Local';
  external: boolean;
}

/** Pure: from a service and its slices to table contents, for one node. */
export function contributionOf(
  service: Service,
  slices: readonly EndpointSlice[],
  node: NodeContext,
  config: ProxyConfig,
): Contribution {
  const out: Contribution = { elements: [], chains: new Map(), sets: new Map(), picks: [], udp: [] };
  const spec = service.spec;
  if (!spec || !isProxied(service)) return out;
  for (const port of spec.ports ?? []) {
    const protocol = (port.protocol ?? 'TCP').toLowerCase();
    const targets = targetsOf(slices, port.name ?? '', port.protocol ?? 'TCP', node);
    const id = `${service.metadata.namespace}/${service.metadata.name}/${port.name ?? ''}/${protocol}`;
    for (const { ip, local } of [...targets.cluster, ...targets.local])
      if (local) out.elements.push(['hairpin', `${ip} . ${ip}`, '']);
    for (const frontend of frontendsOf(service, port.port, port.nodePort, protocol)) {
      const chosen = frontend.policy === 'Local' ? targets.local : targets.cluster;
      if (protocol === 'udp')
        out.udp.push({
          address: frontend.address,
          port: frontend.kind === 'np' ? port.nodePort! : port.port,
          endpoints: chosen.map(({ ip }) => ip),
        });
      new FrontendPlan(out, frontend, id, service, protocol, config).add(chosen, targets.cluster);
    }
  }
  return out;
}

function frontendsOf(service: Service, port: number, nodePort: number | undefined, protocol: string): Frontend[] {
  const spec = service.spec!;
  const internal = spec.internalTrafficPolicy ?? 'Cluster';
  const external = spec.externalTrafficPolicy ?? 'Cluster';
  const at = (address: string, policy: 'Cluster' | 'Local', isExternal: boolean): Frontend => ({
    kind: 'svc',
    key: `${address} . ${protocol} . ${port}`,
    address,
    policy,
    external: isExternal,
  });
  const v4 = (ip: string | undefined): ip is string => !!ip && ip.includes('.');
  const out = (spec.clusterIPs ?? [spec.clusterIP]).filter(v4).map((ip) => at(ip, internal, false));
  out.push(...(spec.externalIPs ?? []).filter(v4).map((ip) => at(ip, external, true)));
  for (const { ip, ipMode } of service.status?.loadBalancer?.ingress ?? [])
    if (v4(ip) && ipMode !== 'Proxy') out.push(at(ip, external, true));
  if (nodePort) out.push({ kind: 'np', key: `${protocol} . ${nodePort}`, policy: external, external: true });
  return out;
}

class FrontendPlan {
  readonly #out: Contribution;
  readonly #frontend: Frontend;
  /** Of the service's port; names of chains and sets have its hash, which only few services need. */
  readonly #portId: string;
  readonly #service: Service;
  readonly #protocol: string;
  readonly #config: ProxyConfig;

  constructor(out: Contribution, frontend: Frontend, portId: string, service: Service, protocol: string, config: ProxyConfig) {
    this.#out = out;
    this.#frontend = frontend;
    this.#portId = portId;
    this.#service = service;
    this.#protocol = protocol;
    this.#config = config;
  }

  get #id(): string {
    return shortHash(this.#portId, 12);
  }

  add(chosen: ServiceTarget[], all: ServiceTarget[]): void {
    const { kind, key, policy, external } = this.#frontend;
    // Traffic that must stay on a node without endpoints is dropped, so that a load balancer's check notices; without any it is refused.
    if (chosen.length === 0) this.#put(`${kind}_empty`, key, all.length > 0 ? 'drop' : 'goto refuse');
    else this.#put(kind, key, this.#guarded(this.#pick(chosen, false, !(external && policy === 'Local'))));
    if (external && policy === 'Local' && all.length > 0) this.#put(`${kind}_in`, key, this.#pick(all, true, true));
  }

  #put(set: string, key: string, value: string): void {
    this.#out.elements.push([set, key, value]);
  }

  #pick(targets: ServiceTarget[], inside: boolean, masquerade: boolean): string {
    const { kind, key } = this.#frontend;
    if (this.#service.spec!.sessionAffinity === 'ClientIP') return `goto ${this.#sticky(targets, inside, masquerade)}`;
    const pick: Pick = { kind, count: targets.length, inside, masquerade };
    this.#out.picks.push(pick);
    for (const [i, { ip, port }] of targets.entries())
      this.#put(kind === 'svc' ? 'ep' : 'np_ep', `${key} . ${(inside ? INSIDE : 0) + i}`, `${ip} . ${port}`);
    return `goto ${pickName(pick)}`;
  }

  /** Session affinity needs state per client, so it gets chains of its own: one per endpoint, shared by the service's frontends. */
  #sticky(targets: ServiceTarget[], inside: boolean, masquerade: boolean): string {
    const { chains, sets } = this.#out;
    const id = this.#id;
    const seconds = this.#service.spec!.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
    const endpoints = targets.map(({ ip, port }) => {
      const name = `aff_${id}_${shortHash(`${ip}:${port}`, 8)}`;
      sets.set(name, `type ipv4_addr; flags dynamic,timeout; timeout ${seconds}s;`);
      chains.set(name, [`update @${name} { ip saddr }`, `meta l4proto ${this.#protocol} dnat ip to ${ip}:${port}`]);
      return name;
    });
    const name = `stick_${id}_${inside ? 'in' : this.#frontend.policy === 'Local' ? 'local' : 'all'}_${masquerade ? 'm' : 'p'}`;
    chains.set(name, [
      ...(masquerade ? [`ip saddr != ${this.#config.clusterCidr} jump mark_masq`] : []),
      ...endpoints.map((endpoint) => `ip saddr @${endpoint} goto ${endpoint}`),
      `numgen random mod ${endpoints.length} vmap { ${endpoints.map((endpoint, i) => `${i} : goto ${endpoint}`).join(', ')} }`,
    ]);
    return name;
  }

  /** `loadBalancerSourceRanges` hold for load balancer addresses, not for the cluster address or node ports. */
  #guarded(verdict: string): string {
    const ranges = this.#service.spec!.loadBalancerSourceRanges?.filter((range) => range.includes('.')) ?? [];
    const ingress = this.#service.status?.loadBalancer?.ingress ?? [];
    if (ranges.length === 0 || !ingress.some(({ ip }) => ip && ip === this.#frontend.address)) return verdict;
    const name = `from_${this.#id}_${shortHash(this.#frontend.key, 6)}`;
    this.#out.chains.set(name, [`ip saddr { ${ranges.map((range) => range.trim()).join(', ')} } ${verdict}`, 'drop']);
    return `goto ${name}`;
  }
}
