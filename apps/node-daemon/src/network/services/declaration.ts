import type { TableDeclaration } from '@windlass/host';

export interface ProxyConfig {
  /** nftables table of this node. */
  table: string;
  clusterCidr: string;
  serviceCidr: string;
  /** Bit of the packet mark that asks for masquerading; kube-proxy's default is the same. */
  masqueradeBit?: number;
}

const FRONTEND = 'ipv4_addr . inet_proto . inet_service';
const NODE_PORT = 'inet_proto . inet_service';

/**
 * The fixed part of the table: maps from what a client dials to a chain that picks an endpoint. Chains exist per number of endpoints,
 * not per service. Lookups for clients inside the cluster come first in `…_in`, which holds only services whose policy is `Local`
 * (a pod may use every endpoint there).
 */
export function proxyDeclaration({ table, clusterCidr, serviceCidr, masqueradeBit = 0x4000 }: ProxyConfig): TableDeclaration {
  const bit = `0x${masqueradeBit.toString(16)}`;
  return {
    family: 'ip',
    name: table,
    sets: {
      svc: { kind: 'map', body: `type ${FRONTEND} : verdict;` },
      svc_in: { kind: 'map', body: `type ${FRONTEND} : verdict;` },
      svc_empty: { kind: 'map', body: `type ${FRONTEND} : verdict;` },
      np: { kind: 'map', body: `type ${NODE_PORT} : verdict;` },
      np_in: { kind: 'map', body: `type ${NODE_PORT} : verdict;` },
      np_empty: { kind: 'map', body: `type ${NODE_PORT} : verdict;` },
      ep: { kind: 'map', body: `type ${FRONTEND} . mark : ipv4_addr . inet_service;` },
      np_ep: { kind: 'map', body: `type ${NODE_PORT} . mark : ipv4_addr . inet_service;` },
      hairpin: { kind: 'set', body: 'type ipv4_addr . ipv4_addr;' },
    },
    chains: {
      refuse: { rules: ['meta l4proto tcp reject with tcp reset', 'reject with icmp type port-unreachable'] },
      mark_masq: { rules: [`meta mark set meta mark or ${bit}`] },
      from_inside: {
        rules: ['ip daddr . meta l4proto . th dport vmap @svc_in', 'fib daddr type local meta l4proto . th dport vmap @np_in'],
      },
      services: {
        rules: [
          'meta l4proto != { tcp, udp, sctp } return',
          `ip saddr ${clusterCidr} jump from_inside`,
          `ip saddr != ${clusterCidr} fib saddr type local jump from_inside`,
          'ip daddr . meta l4proto . th dport vmap @svc',
          'fib daddr type local meta l4proto . th dport vmap @np',
        ],
      },
      empty: {
        rules: [
          'meta l4proto != { tcp, udp, sctp } return',
          'ip daddr . meta l4proto . th dport vmap @svc_empty',
          'fib daddr type local meta l4proto . th dport vmap @np_empty',
          // A ClusterIP that nobody has, or a port that it lacks, is refused instead of wandering off by the default route.
          `ip daddr ${serviceCidr} fib daddr type != local goto refuse`,
        ],
      },
      prerouting: { base: 'type nat hook prerouting priority -100; policy accept;', rules: ['jump services'] },
      output: { base: 'type nat hook output priority -100; policy accept;', rules: ['jump services'] },
      input: { base: 'type filter hook input priority 0; policy accept;', rules: ['ct state new jump empty'] },
      forward: { base: 'type filter hook forward priority 0; policy accept;', rules: ['ct state new jump empty'] },
      filter_output: { base: 'type filter hook output priority 0; policy accept;', rules: ['ct state new jump empty'] },
      postrouting: {
        base: 'type nat hook postrouting priority 100; policy accept;',
        rules: [
          `meta mark and ${bit} == ${bit} meta mark set meta mark xor ${bit} masquerade fully-random`,
          'ct status dnat ip saddr . ip daddr @hairpin masquerade fully-random',
          'ct status dnat ip saddr 127.0.0.0/8 masquerade fully-random',
          `ip saddr ${clusterCidr} ip daddr != ${clusterCidr} ip daddr != 224.0.0.0/4 masquerade fully-random`,
        ],
      },
    },
  };
}

/**
 * Rules of the chains that pick one of `count` endpoints. `offset` tells the endpoints for clients inside the cluster apart. The number
 * goes through the connection mark: nft 1.0.6 takes numgen inside a concatenation only in the transaction that declares the map.
 */
export function pickRules(kind: 'svc' | 'np', count: number, offset: number): string[] {
  const key = kind === 'svc' ? 'ip daddr . meta l4proto . th dport' : 'meta l4proto . th dport';
  return [
    `ct mark set numgen random mod ${count} offset ${offset}`,
    `meta l4proto { tcp, udp, sctp } dnat ip to ${key} . ct mark map @${kind === 'svc' ? 'ep' : 'np_ep'}`,
  ];
}

/** Endpoint numbers of `…_in` lookups start here. */
export const INSIDE = 65536;
