import type { Pod } from '@windlass/resources';

/** CRI's DNSConfig, which becomes the pod's /etc/resolv.conf. */
export interface DnsConfig {
  servers: string[];
  searches: string[];
  options: string[];
}

export interface DnsSettings {
  clusterDnsIp: string;
  clusterDomain: string;
  /** The node's own, for policy `Default` and as the tail of the search list. */
  host: DnsConfig;
}

/** resolv.conf(5); unknown lines are skipped. */
export function parseResolvConf(text: string): DnsConfig {
  const config: DnsConfig = { servers: [], searches: [], options: [] };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0]) config.servers.push(values[0]);
    // The last search or domain line counts.
    else if (keyword === 'search' || keyword === 'domain')
      config.searches = values.map((domain) => domain.replace(/(.)\.$/, '$1'));
    else if (keyword === 'options') config.options.push(...values);
  }
  return config;
}

const unique = (values: readonly string[]) => [...new Set(values)];
const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/**
 * The resolver settings of a pod from its dnsPolicy and dnsConfig, within the kubelet's limits (3 servers, 32 searches of together 2048
 * characters: what is beyond is left out).
 */
export function resolvConfFor(pod: Pod, settings: DnsSettings): DnsConfig {
  const base = limited(policyConfig(pod, settings));
  const extra = pod.spec?.dnsConfig;
  if (!extra) return base;
  const options = (extra.options ?? []).flatMap(({ name, value }) => (name ? [value ? `${name}:${value}` : name] : []));
  return limited({
    servers: unique([...base.servers, ...(extra.nameservers ?? [])]),
    searches: unique([...base.searches, ...(extra.searches ?? [])]),
    options: mergeOptions(base.options, options),
  });
}

function policyConfig(pod: Pod, { clusterDnsIp, clusterDomain, host }: DnsSettings): DnsConfig {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { servers: [], searches: [], options: [] };
  if (policy === 'Default' || (policy === 'ClusterFirst' && pod.spec?.hostNetwork)) return host;
  const own = [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { servers: [clusterDnsIp], searches: unique([...own, ...host.searches]), options: ['ndots:5'] };
}

function mergeOptions(base: readonly string[], added: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const option of [...base, ...added]) byName.set(option.split(':')[0]!, option);
  return [...byName.values()];
}

function limited({ servers, searches, options }: DnsConfig): DnsConfig {
  const kept: string[] = [];
  let characters = -1;
  for (const search of searches.slice(0, MAX_SEARCHES)) {
    characters += search.length + 1;
    if (characters > MAX_SEARCH_CHARACTERS) break;
    kept.push(search);
  }
  return { servers: servers.slice(0, MAX_SERVERS), searches: kept, options };
}
