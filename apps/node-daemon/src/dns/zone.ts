import { type DnsAnswer, type DnsRecord, RCODE, TYPE } from '@windlass/host';
import type { Endpoint, EndpointSlice, Service } from '@windlass/resources';

/** What the zone is made of; reads are from memory. */
export interface ZoneSource {
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  hasNamespace(name: string): boolean;
  /** The service that has this cluster address. */
  serviceByIp(ip: string): Service | undefined;
  /** Slices with an endpoint of this address. */
  slicesByIp(ip: string): readonly EndpointSlice[];
}

export interface ZoneConfig {
  domain: string;
  dnsIp: string;
  /** Seconds. Default 5. */
  ttl?: number;
}

interface HeadlessEndpoint {
  name: string;
  addresses: string[];
  ports: { name: string; protocol: string; port: number }[];
}

/** The cluster's zone by the Kubernetes DNS specification 1.1.0: from a name and a type to records. Pure; reads watch data only. */
export class ClusterZone {
  readonly #source: ZoneSource;
  readonly #domain: string;
  readonly #dnsIp: string;
  readonly #ttl: number;

  constructor(source: ZoneSource, { domain, dnsIp, ttl = 5 }: ZoneConfig) {
    this.#source = source;
    this.#domain = domain.toLowerCase();
    this.#dnsIp = dnsIp;
    this.#ttl = ttl;
  }

  /** undefined: not a name of this zone, nor a reverse name that we know. */
  resolve(name: string, type: number): DnsAnswer | undefined {
    if (name.endsWith('.in-addr.arpa')) return this.#reverse(name, type);
    if (name === this.#domain) return this.#apex(type);
    if (!name.endsWith(`.${this.#domain}`)) return undefined;
    const labels = name.slice(0, -this.#domain.length - 1).split('.');
    const found = this.#lookup(name, labels);
    if (!found) return this.#negative(RCODE.NXDOMAIN);
    const alias = found.records.filter((record) => record.type === 'CNAME');
    const matching = found.records.filter((record) => TYPE[record.type] === type || type === TYPE.ANY);
    const answers = matching.length > 0 ? matching : alias;
    if (answers.length === 0) return this.#negative(RCODE.NOERROR);
    return { rcode: RCODE.NOERROR, authoritative: true, answers, additional: type === TYPE.SRV ? found.additional : [] };
  }

  /** Records at a name, of all types; undefined: no such name. */
  #lookup(name: string, labels: string[]): { records: DnsRecord[]; additional?: DnsRecord[] } | undefined {
    const kind = labels.at(-1);
    if (labels.length === 1) {
      if (kind === 'dns-version') return { records: [{ name, ttl: this.#ttl, type: 'TXT', texts: ['1.1.0'] }] };
      return kind === 'svc' || kind === 'pod' ? { records: [] } : undefined;
    }
    if (name === `ns.dns.${this.#domain}`) return { records: this.#addresses(name, [this.#dnsIp]) };
    const namespace = labels.at(-2)!;
    if (kind !== 'svc' && kind !== 'pod') return undefined;
    if (labels.length === 2) return this.#source.hasNamespace(namespace) ? { records: [] } : undefined;
    if (kind === 'pod') return this.#pod(name, labels);
    const service = this.#source.service(namespace, labels.at(-3)!);
    return service && this.#service(name, labels.slice(0, -3), service);
  }

  #pod(name: string, labels: string[]) {
    const [dashed, namespace] = labels as [string, string];
    if (labels.length !== 3 || !this.#source.hasNamespace(namespace) || !/^\d{1,3}(-\d{1,3}){3}$/.test(dashed)) return undefined;
    const octets = dashed.split('-').map(Number);
    return octets.every((octet) => octet < 256) ? { records: this.#addresses(name, [octets.join('.')]) } : undefined;
  }

  #service(name: string, rest: string[], service: Service): { records: DnsRecord[]; additional?: DnsRecord[] } | undefined {
    const full = this.#nameOf(service);
    const spec = service.spec ?? {};
    if (spec.type === 'ExternalName') {
      const target = spec.externalName?.toLowerCase().replace(/\.$/, '');
      return rest.length === 0 && target ? { records: [{ name, ttl: this.#ttl, type: 'CNAME', target }] } : undefined;
    }
    if (!spec.clusterIP || spec.clusterIP === 'None') return this.#headless(name, rest, service, full);
    const ips = spec.clusterIPs ?? [spec.clusterIP];
    const srv = (spec.ports ?? []).map((port) => ({ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: port.port }));
    if (rest.length === 0)
      return {
        records: [...this.#addresses(name, ips), ...srv.map(({ port }) => this.#srv(name, port, full, 1))],
        additional: this.#addresses(full, ips),
      };
    const matching = rest.length === 2 ? srv.filter((port) => isPort(rest, port)) : [];
    if (matching.length === 0) return undefined;
    return { records: matching.map(({ port }) => this.#srv(name, port, full, 1)), additional: this.#addresses(full, ips) };
  }

  #headless(name: string, rest: string[], service: Service, full: string) {
    const endpoints = this.#endpointsOf(service);
    // A headless service without endpoints is a name that does not exist yet (as CoreDNS has it).
    if (endpoints.length === 0) return undefined;
    const records: DnsRecord[] = [];
    const additional: DnsRecord[] = [];
    const addSrv = (wanted: (port: HeadlessEndpoint['ports'][number]) => boolean) => {
      const pairs = endpoints.flatMap((endpoint) => endpoint.ports.filter(wanted).map((port) => ({ endpoint, port })));
      for (const { endpoint, port } of pairs) {
        const target = `${endpoint.name}.${full}`;
        records.push(this.#srv(name, port.port, target, pairs.length));
        additional.push(...this.#addresses(target, endpoint.addresses));
      }
    };
    if (rest.length === 0) {
      const all = new Set(endpoints.flatMap(({ addresses }) => addresses));
      records.push(...this.#addresses(name, [...all]));
      addSrv(() => true);
    } else if (rest.length === 1) {
      const named = endpoints.filter((endpoint) => endpoint.name === rest[0]);
      records.push(...this.#addresses(name, [...new Set(named.flatMap(({ addresses }) => addresses))]));
    } else if (rest.length === 2) addSrv((port) => isPort(rest, port));
    return records.length > 0 ? { records, additional } : undefined;
  }

  #endpointsOf(service: Service): HeadlessEndpoint[] {
    const { namespace, name } = service.metadata;
    const found: HeadlessEndpoint[] = [];
    for (const slice of this.#source.slices(namespace ?? '', name ?? '')) {
      if (slice.addressType === 'FQDN') continue;
      const ports = (slice.ports ?? []).flatMap((port) =>
        port.port ? [{ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: port.port }] : [],
      );
      for (const endpoint of slice.endpoints ?? [])
        if (service.spec?.publishNotReadyAddresses || (endpoint.conditions?.ready ?? true))
          found.push({ name: endpointName(endpoint), addresses: endpoint.addresses, ports });
    }
    return found;
  }

  #reverse(name: string, type: number): DnsAnswer | undefined {
    const octets = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse();
    if (octets.length !== 4) return undefined;
    const ip = octets.join('.');
    const targets = this.#namesOf(ip);
    if (targets.length === 0) return undefined;
    if (type !== TYPE.PTR && type !== TYPE.ANY) return this.#negative(RCODE.NOERROR);
    const answers = targets.map((target): DnsRecord => ({ name, ttl: this.#ttl, type: 'PTR', target }));
    return { rcode: RCODE.NOERROR, authoritative: true, answers };
  }

  #namesOf(ip: string): string[] {
    const service = this.#source.serviceByIp(ip);
    if (service) return [this.#nameOf(service)];
    const names = new Set<string>();
    for (const slice of this.#source.slicesByIp(ip)) {
      const owner = slice.metadata.labels?.['kubernetes.io/service-name'] ?? '';
      const found = this.#source.service(slice.metadata.namespace ?? '', owner);
      if (!found) continue;
      for (const endpoint of slice.endpoints ?? [])
        if (endpoint.addresses.includes(ip) && (found.spec?.clusterIP === 'None' || endpoint.hostname))
          names.add(`${endpointName(endpoint)}.${this.#nameOf(found)}`);
    }
    return [...names];
  }

  #apex(type: number): DnsAnswer {
    const ns: DnsRecord = { name: this.#domain, ttl: this.#ttl, type: 'NS', target: `ns.dns.${this.#domain}` };
    const answers = type === TYPE.SOA ? [this.#soa()] : type === TYPE.NS ? [ns] : [];
    if (answers.length === 0) return this.#negative(RCODE.NOERROR);
    return { rcode: RCODE.NOERROR, authoritative: true, answers };
  }

  #negative(rcode: number): DnsAnswer {
    return { rcode, authoritative: true, answers: [], authority: [this.#soa()] };
  }

  #soa(): DnsRecord {
    return {
      name: this.#domain,
      ttl: this.#ttl,
      type: 'SOA',
      primary: `ns.dns.${this.#domain}`,
      mailbox: `hostmaster.${this.#domain}`,
      serial: 1,
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: this.#ttl,
    };
  }

  #nameOf({ metadata }: Service): string {
    return `${metadata.name}.${metadata.namespace}.svc.${this.#domain}`;
  }
  #addresses(name: string, ips: readonly string[]): DnsRecord[] {
    return ips.map((address) => ({ name, ttl: this.#ttl, type: address.includes(':') ? 'AAAA' : 'A', address }));
  }
  #srv(name: string, port: number, target: string, of: number): DnsRecord {
    return { name, ttl: this.#ttl, type: 'SRV', priority: 0, weight: Math.max(1, Math.floor(100 / of)), port, target };
  }
}

const endpointName = ({ hostname, addresses }: Endpoint): string =>
  hostname?.toLowerCase() || (addresses[0] ?? '').replaceAll(/[.:]/g, '-');

const isPort = ([port, protocol]: string[], wanted: { name: string; protocol: string }): boolean =>
  port === `_${wanted.name}` && protocol === `_${wanted.protocol.toLowerCase()}`;
