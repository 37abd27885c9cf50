import { stableMac } from './names.ts';

/** One node of the cluster, as the overlay sees it. */
export interface OverlayNode {
  name: string;
  /** Underlay address. */
  ip: string;
  podCidr: string;
}

export interface OverlayConfig {
  /** VXLAN device, at most 15 bytes. */
  device: string;
  vni: number;
  /** UDP port; 8472 is the kernel's and flannel's, 4789 is IANA's. */
  port: number;
  mtu: number;
}

/** What the kernel has on the device; keys and values are comparable texts. */
export interface OverlayState {
  /** Pod network → gateway. */
  routes: Map<string, string>;
  /** Gateway → MAC. */
  neighbours: Map<string, string>;
  /** MAC → underlay address. */
  forwarding: Map<string, string>;
}

export interface OverlayPlan {
  /** Lines for `ip -batch`. */
  ip: string[];
  /** Lines for `bridge -batch`. */
  bridge: string[];
}

/** The MAC of a node's VXLAN device: derived from its name, so that peers need not be told. */
export const vtepMac = (node: string): string => stableMac(`vtep ${node}`);

/** The address of a node's VXLAN device is the first of its pod network, as flannel has it. */
export const vtepAddress = (podCidr: string): string => podCidr.slice(0, podCidr.indexOf('/'));

/** One route, one neighbour and one forwarding entry per peer. */
export function desiredOverlay(self: string, nodes: readonly OverlayNode[]): OverlayState {
  const state: OverlayState = { routes: new Map(), neighbours: new Map(), forwarding: new Map() };
  for (const { name, ip, podCidr } of nodes) {
    if (name === self) continue;
    const gateway = vtepAddress(podCidr);
    state.routes.set(podCidr, gateway);
    state.neighbours.set(gateway, vtepMac(name));
    state.forwarding.set(vtepMac(name), ip);
  }
  return state;
}

/** Pure: the commands that turn `observed` into `desired`. Forwarding comes before the route that uses it; removal is the other way round. */
export function planOverlay(device: string, desired: OverlayState, observed: OverlayState): OverlayPlan {
  const plan: OverlayPlan = { ip: [], bridge: [] };
  for (const [cidr, gateway] of observed.routes)
    if (!desired.routes.has(cidr)) plan.ip.push(`route del ${cidr} via ${gateway} dev ${device}`);
  for (const gateway of observed.neighbours.keys())
    if (!desired.neighbours.has(gateway)) plan.ip.push(`neigh del ${gateway} dev ${device}`);
  for (const [mac, ip] of observed.forwarding)
    if (desired.forwarding.get(mac) !== ip) plan.bridge.push(`fdb del ${mac} dev ${device} dst ${ip} self`);
  for (const [mac, ip] of desired.forwarding)
    if (observed.forwarding.get(mac) !== ip) plan.bridge.push(`fdb append ${mac} dev ${device} dst ${ip} self permanent`);
  for (const [gateway, mac] of desired.neighbours)
    if (observed.neighbours.get(gateway) !== mac)
      plan.ip.push(`neigh replace ${gateway} lladdr ${mac} dev ${device} nud permanent`);
  for (const [cidr, gateway] of desired.routes)
    if (observed.routes.get(cidr) !== gateway) plan.ip.push(`route replace ${cidr} via ${gateway} dev ${device} onlink`);
  return plan;
}
