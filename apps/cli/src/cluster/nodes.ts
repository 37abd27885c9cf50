import { hostname } from 'node:os';
import { cidrAddress, cidrSize, parseCidr } from '@windlass/meta';
import type { ClusterOptions } from './options.ts';

export interface NodePlan {
  name: string;
  ip: string;
}

/** Names and underlay addresses; the host has the first address of the underlay, nodes follow from the tenth. */
export function planNodes(options: ClusterOptions): NodePlan[] {
  const underlay = parseCidr(options.underlayCidr)!;
  return Array.from({ length: options.nodes }, (_, i) => ({ name: `node-${i + 1}`, ip: cidrAddress(underlay, 10 + i) }));
}

/** Where nodes and pods reach the API server. */
export const hostAddress = (options: ClusterOptions): string =>
  options.advertiseHost ?? cidrAddress(parseCidr(options.underlayCidr)!, 1);

/** Where services of type LoadBalancer get their addresses: on the underlay, beyond the nodes, reachable from this host. */
export function loadBalancerPool({ loadBalancerPool: chosen, underlayCidr }: ClusterOptions): string[] {
  if (chosen) return [chosen];
  const underlay = parseCidr(underlayCidr)!;
  const [first, last] = underlay.prefix <= 24 ? [200, 250] : [60, Number(cidrSize(underlay)) - 2];
  return [`${cidrAddress(underlay, first!)}-${cidrAddress(underlay, last!)}`];
}

/** ClusterIPs with a fixed meaning. */
export const systemAddresses = (options: ClusterOptions): { kubernetes: string; dns: string } => {
  const services = parseCidr(options.serviceCidr)!;
  return { kubernetes: cidrAddress(services, 1), dns: cidrAddress(services, 10) };
};

/** Addresses and names under which clients reach the API server. */
export const servingHosts = (options: ClusterOptions): string[] => [
  'localhost',
  '127.0.0.1',
  '::1',
  hostname(),
  hostAddress(options),
  systemAddresses(options).kubernetes,
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  `kubernetes.default.svc.${options.clusterDomain}`,
];

/** The cgroup below which all pods of the cluster's nodes live. */
export const cgroupOf = (options: ClusterOptions): string => `/windlass-${options.name}`;
