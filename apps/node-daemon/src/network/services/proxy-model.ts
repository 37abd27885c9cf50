import { type FlowFilter, TableModel } from '@windlass/host';
import type { EndpointSlice, Service } from '@windlass/resources';
import { type Contribution, contributionOf, type Pick, pickName } from './contribution.ts';
import { INSIDE, type ProxyConfig, pickRules, proxyDeclaration } from './declaration.ts';
import type { NodeContext } from './endpoints.ts';

/** A port of the node that is published for one pod. */
export interface HostPort {
  hostPort: number;
  protocol: 'TCP' | 'UDP' | 'SCTP';
  /** Only on this address of the node; absent or 0.0.0.0: on all. */
  hostIp?: string;
  podIp: string;
  containerPort: number;
}

const EMPTY: Contribution = { elements: [], chains: new Map(), sets: new Map(), picks: [], udp: [] };

/** Merges the contributions of all services into one table model, touching only what a changed service had and has. Does no I/O. */
export class ProxyModel {
  readonly table: TableModel;
  readonly #config: ProxyConfig;
  readonly #node: NodeContext;
  readonly #by = new Map<string, Contribution>();
  /** Whose value an element has: who came first. */
  readonly #owners = new Map<string, string>();
  /** Who else wants an element, in order of arrival, and with which value (hairpin entries are shared by right, others by mistake). */
  readonly #waiting = new Map<string, Map<string, string>>();

  constructor(config: ProxyConfig, node: NodeContext) {
    this.#config = config;
    this.#node = node;
    this.table = new TableModel(proxyDeclaration(config));
  }

  /** `service` undefined: it is gone. @returns UDP flows to forget once the table is applied */
  setService(key: string, service: Service | undefined, slices: readonly EndpointSlice[]): FlowFilter[] {
    return this.#replace(key, service ? contributionOf(service, slices, this.#node, this.#config) : EMPTY);
  }

  /** All published ports of this node's pods. */
  setHostPorts(ports: readonly HostPort[]): FlowFilter[] {
    const contribution: Contribution = { ...EMPTY, elements: [], picks: [], udp: [] };
    for (const { hostPort, protocol, hostIp, podIp, containerPort } of ports) {
      const everywhere = !hostIp || hostIp === '0.0.0.0' || hostIp === '::';
      const kind = everywhere ? 'np' : 'svc';
      const key = `${everywhere ? '' : `${hostIp} . `}${protocol.toLowerCase()} . ${hostPort}`;
      const pick: Pick = { kind, count: 1, inside: false, masquerade: false };
      contribution.picks.push(pick);
      contribution.elements.push([kind, key, `goto ${pickName(pick)}`]);
      contribution.elements.push([everywhere ? 'np_ep' : 'ep', `${key} . 0`, `${podIp} . ${containerPort}`]);
      contribution.elements.push(['hairpin', `${podIp} . ${podIp}`, '']);
      if (protocol === 'UDP')
        contribution.udp.push({ address: everywhere ? undefined : hostIp, port: hostPort, endpoints: [podIp] });
    }
    return this.#replace(' host ports', contribution);
  }

  #replace(key: string, now: Contribution): FlowFilter[] {
    const before = this.#by.get(key) ?? EMPTY;
    if (now === EMPTY) this.#by.delete(key);
    else this.#by.set(key, now);
    for (const pick of now.picks) this.#ensurePick(pick);
    for (const [name, body] of now.sets) this.table.putSet(name, { kind: 'set', body });
    for (const [name, rules] of now.chains) this.table.putChain(name, rules);
    if (before.elements.length > 0) {
      const kept = new Set(now.elements.map(([set, element]) => `${set} ${element}`));
      for (const [set, element] of before.elements) if (!kept.has(`${set} ${element}`)) this.#release(key, set, element);
    }
    for (const [set, element, value] of now.elements) this.#hold(key, set, element, value);
    for (const name of before.chains.keys()) if (!now.chains.has(name)) this.table.dropChain(name);
    for (const name of before.sets.keys()) if (!now.sets.has(name)) this.table.dropSet(name);
    return staleFlows(before, now);
  }

  #hold(owner: string, set: string, element: string, value: string): void {
    const id = `${set} ${element}`;
    const first = this.#owners.get(id);
    if (first === undefined || first === owner) {
      this.#owners.set(id, owner);
      this.table.put(set, element, value);
      return;
    }
    const waiting = this.#waiting.get(id) ?? new Map<string, string>();
    this.#waiting.set(id, waiting.set(owner, value));
  }

  #release(owner: string, set: string, element: string): void {
    const id = `${set} ${element}`;
    const waiting = this.#waiting.get(id);
    if (this.#owners.get(id) === owner) {
      const [next] = waiting ?? [];
      if (next) {
        this.#owners.set(id, next[0]);
        this.table.put(set, element, next[1]);
        waiting!.delete(next[0]);
      } else {
        this.#owners.delete(id);
        this.table.drop(set, element);
      }
    } else waiting?.delete(owner);
    if (waiting?.size === 0) this.#waiting.delete(id);
  }

  /** Chains that pick stay for good: there are as many as different numbers of endpoints. */
  #ensurePick(pick: Pick): void {
    const plain = pickRules(pick.kind, pick.count, pick.inside ? INSIDE : 0);
    const rules = pick.masquerade ? [`ip saddr != ${this.#config.clusterCidr} jump mark_masq`, ...plain] : plain;
    this.table.putChain(pickName(pick), rules);
  }
}

/** Flows to endpoints that are gone, and flows that were dialled while there was no endpoint at all. */
function staleFlows(before: Contribution, now: Contribution): FlowFilter[] {
  const stale: FlowFilter[] = [];
  const id = ({ address, port }: { address?: string; port: number }) => `${address ?? ''}:${port}`;
  const present = new Map(now.udp.map((frontend) => [id(frontend), frontend.endpoints]));
  const past = new Map(before.udp.map((frontend) => [id(frontend), frontend.endpoints]));
  for (const { address, port, endpoints } of before.udp)
    for (const endpoint of endpoints)
      if (!present.get(id({ address, port }))?.includes(endpoint)) stale.push({ address, port, endpoint });
  for (const { address, port, endpoints } of now.udp)
    if (endpoints.length > 0 && !past.get(id({ address, port }))?.length) stale.push({ address, port });
  return stale;
}
