import { run } from '../process/index.ts';
import {
  desiredOverlay,
  type OverlayConfig,
  type OverlayNode,
  type OverlayState,
  planOverlay,
  vtepAddress,
  vtepMac,
} from './overlay-plan.ts';

const ip = (...args: string[]) => run('ip', args, { timeoutMs: 10_000 });
const json = async <T>(command: string, ...args: string[]): Promise<T[]> => {
  const { stdout } = await run(command, ['-j', ...args], { timeoutMs: 10_000 });
  return JSON.parse(stdout.trim() || '[]') as T[];
};

interface LinkFacts {
  ifname: string;
  address?: string;
  mtu?: number;
  flags?: string[];
  linkinfo?: { info_kind?: string; info_data?: { id?: number; port?: number; local?: string; learning?: boolean } };
  addr_info?: { local: string; prefixlen: number; family: string }[];
}

/** The interface that has `address`, and its MTU. @throws Error when no interface has it */
export async function underlayOf(address: string): Promise<{ device: string; mtu: number }> {
  const links = await json<LinkFacts>('ip', 'address', 'show');
  const found = links.find((link) => link.addr_info?.some(({ local }) => local === address));
  if (!found) throw new Error(`no interface has the node address ${address}`);
  return { device: found.ifname, mtu: found.mtu ?? 1500 };
}

/** Makes the VXLAN device; one with other fixed properties is replaced. @returns whether anything had to change */
async function ensureDevice(config: OverlayConfig, self: OverlayNode, underlay: string): Promise<boolean> {
  const { device, vni, port, mtu } = config;
  const [link] = await json<LinkFacts>('ip', '-d', 'address', 'show', 'dev', device).catch(() => []);
  const data = link?.linkinfo?.info_data;
  const fits = data?.id === vni && data.port === port && data.local === self.ip && link?.address === vtepMac(self.name);
  const address = vtepAddress(self.podCidr);
  const addresses = (link?.addr_info ?? []).filter(({ family }) => family === 'inet');
  const addressed = addresses.length === 1 && addresses[0]!.local === address && addresses[0]!.prefixlen === 32;
  if (fits && addressed && link?.mtu === mtu && link.flags?.includes('UP')) return false;
  if (!fits) {
    if (link) await ip('link', 'delete', device);
    const fixed = ['id', String(vni), 'dstport', String(port), 'local', self.ip, 'dev', underlay, 'nolearning'];
    await ip('link', 'add', device, 'address', vtepMac(self.name), 'type', 'vxlan', ...fixed);
  }
  if (!addressed) {
    await ip('address', 'flush', 'dev', device);
    await ip('address', 'add', `${address}/32`, 'dev', device);
  }
  await ip('link', 'set', device, 'mtu', String(mtu), 'up');
  return true;
}

/** Only what we manage: IPv4 routes with a gateway, permanent neighbours, forwarding entries with a destination. */
async function observeOverlay(device: string): Promise<OverlayState> {
  const [routes, neighbours, forwarding] = await Promise.all([
    json<{ dst: string; gateway?: string }>('ip', '-4', 'route', 'show', 'dev', device),
    json<{ dst: string; lladdr?: string; state?: string[] }>('ip', '-4', 'neigh', 'show', 'dev', device, 'nud', 'permanent'),
    json<{ mac: string; dst?: string }>('bridge', 'fdb', 'show', 'dev', device),
  ]);
  return {
    routes: new Map(routes.flatMap(({ dst, gateway }) => (gateway ? [[dst, gateway]] : []))),
    neighbours: new Map(neighbours.flatMap(({ dst, lladdr }) => (lladdr ? [[dst, lladdr]] : []))),
    forwarding: new Map(forwarding.flatMap(({ mac, dst }) => (dst ? [[mac, dst]] : []))),
  };
}

/**
 * Brings the overlay of this network namespace to what `nodes` demand; self must be among them. Level-triggered: the same call joins
 * and removes peers, follows address changes, and repairs deleted routes, entries and devices. @returns the number of changes made
 */
export async function applyOverlay(config: OverlayConfig, self: OverlayNode, nodes: readonly OverlayNode[]): Promise<number> {
  const underlay = await underlayOf(self.ip);
  const remade = await ensureDevice(config, self, underlay.device);
  const plan = planOverlay(config.device, desiredOverlay(self.name, nodes), await observeOverlay(config.device));
  if (plan.bridge.length > 0) await run('bridge', ['-force', '-batch', '-'], { input: `${plan.bridge.join('\n')}\n` });
  if (plan.ip.length > 0) await run('ip', ['-force', '-batch', '-'], { input: `${plan.ip.join('\n')}\n` });
  return plan.bridge.length + plan.ip.length + (remade ? 1 : 0);
}

/** Removes the device, and with it its routes and entries. */
export const removeOverlay = async (device: string): Promise<void> =>
  void (await run('ip', ['link', 'delete', device], { okCodes: 'any' }));
