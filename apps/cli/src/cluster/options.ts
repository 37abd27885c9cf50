import { cidrsOverlap, parseCidr, parseIp } from '@windlass/meta';
import type { KubeletSettings } from '@windlass/node-daemon';
import type { LoggingConfig } from './logging.ts';

/** What a user may choose of a cluster on this machine. Kept in `<stateDir>/cluster.json`, so that `down` and the next `up` know it. */
export interface ClusterOptions {
  /** Lower case letters, digits and `-`; names of namespaces, bridges and cgroups derive from it. */
  name: string;
  stateDir: string;
  /** On this machine; 0: the control plane alone. */
  nodes: number;
  /** HTTPS port of the API server on every address of the host. */
  apiPort: number;
  podCidr: string;
  serviceCidr: string;
  /** Network between the nodes; its first address is the host. */
  underlayCidr: string;
  /** Addresses for services of type LoadBalancer: `FIRST-LAST` or a network. Absent: a part of the underlay. */
  loadBalancerPool?: string;
  clusterDomain: string;
  /** Name or address under which nodes and pods reach the API server. Absent: the host's address on the underlay. */
  advertiseHost?: string;
  /** External PostgreSQL; absent: one of our own. */
  databaseUrl?: string;
  /** External Redis; absent: one of our own. */
  redisUrl?: string;
  logging?: LoggingConfig;
  /** What of a kubelet's configuration differs from its defaults, on every node. */
  kubelet?: KubeletSettings;
}

export const defaults: ClusterOptions = {
  name: 'windlass',
  stateDir: '/var/lib/windlass',
  nodes: 3,
  apiPort: 6443,
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlayCidr: '172.30.0.0/24',
  clusterDomain: 'cluster.local',
};

/** @returns one line per mistake, naming the option and the reason */
export function mistakesIn(options: ClusterOptions): string[] {
  const mistakes: string[] = [];
  if (!/^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/.test(options.name))
    mistakes.push(`--name ${options.name}: want lower case letters, digits and "-", at most 32 characters`);
  if (!options.stateDir.startsWith('/')) mistakes.push(`--state-dir ${options.stateDir}: want an absolute path`);
  if (!Number.isInteger(options.nodes) || options.nodes < 0 || options.nodes > 50)
    mistakes.push(`--nodes ${options.nodes}: want 0 to 50`);
  if (!Number.isInteger(options.apiPort) || options.apiPort < 1 || options.apiPort > 65535)
    mistakes.push(`--port ${options.apiPort}: want 1 to 65535`);
  const ranges = [
    ['--pod-cidr', options.podCidr, 20],
    ['--service-cidr', options.serviceCidr, 24],
    ['--underlay-cidr', options.underlayCidr, 26],
  ] as const;
  const parsed = ranges.map(([flag, text, longest]) => {
    const cidr = parseCidr(text);
    if (cidr?.family !== 4) mistakes.push(`${flag} ${text}: want an IPv4 network such as 10.0.0.0/16`);
    else if (cidr.prefix > longest) mistakes.push(`${flag} ${text}: too small, want /${longest} or larger`);
    return { flag, text, cidr: cidr?.family === 4 ? cidr : undefined };
  });
  for (const [i, a] of parsed.entries())
    for (const b of parsed.slice(i + 1))
      if (a.cidr && b.cidr && cidrsOverlap(a.cidr, b.cidr)) mistakes.push(`${a.flag} ${a.text} overlaps ${b.flag} ${b.text}`);
  const pool = options.loadBalancerPool;
  if (pool !== undefined && !isPool(pool))
    mistakes.push(`--load-balancer-pool ${pool}: want FIRST-LAST or a network such as 192.0.2.0/28`);
  return mistakes;
}

function isPool(text: string): boolean {
  if (parseCidr(text)) return true;
  const [first, last, more] = text.split('-').map(parseIp);
  return !!first && !!last && !more && first.family === last.family && first.value <= last.value;
}
