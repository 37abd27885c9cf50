import { cidrAddress, parseCidr } from '@windlass/meta';
import { run, succeeds } from '../process/index.ts';
import { machineNames } from './names.ts';
import { inNamespace, NODE_SYSCTLS, setSysctls } from './sysctl.ts';

export interface UnderlayOptions {
  /** Cluster name; every name on the host derives from it. */
  cluster: string;
  /** Network between the machines; the host is its first address. */
  underlayCidr: string;
  /** Routed through the first machine, so that the host reaches ClusterIPs and pods. */
  serviceCidr?: string;
  podCidr?: string;
}

export interface Machine {
  name: string;
  ip: string;
}

export interface RunningMachine extends Machine {
  namespace: string;
  /** Put before a command line to run it on this machine (network only: mounts, cgroups and processes are the host's). */
  prefix: string[];
}

const ip = (...args: string[]) => run('ip', args);
const quietly = (...args: string[]) => run('ip', args, { okCodes: 'any' });

/**
 * Makes a network namespace per machine, joined by a bridge on which the host is the gateway. Idempotent: what exists and fits is kept,
 * so that running machines are not disturbed. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
 * @throws CommandError when the kernel refuses; Error when the underlay overlaps a network of this host
 */
export async function ensureMachines(options: UnderlayOptions, machines: readonly Machine[]): Promise<RunningMachine[]> {
  const cidr = parseCidr(options.underlayCidr);
  if (cidr?.family !== 4) throw new Error(`underlay ${options.underlayCidr}: want an IPv4 network`);
  const names = machineNames(options.cluster);
  const gateway = cidrAddress(cidr, 1);
  if (!(await succeeds('ip', ['link', 'show', 'dev', names.bridge]))) {
    await refuseOverlap(options.underlayCidr);
    await quietly('link', 'add', names.bridge, 'type', 'bridge');
  }
  await ip('address', 'replace', `${gateway}/${cidr.prefix}`, 'dev', names.bridge);
  await ip('link', 'set', names.bridge, 'up');
  await setSysctls({ 'ipv4/ip_forward': '1' });
  const running: RunningMachine[] = [];
  for (const machine of machines) running.push(await ensureMachine(options.cluster, machine, gateway, cidr.prefix));
  await hostTable(options, names.table, names.bridge);
  const first = machines[0];
  for (const network of [options.serviceCidr, options.podCidr])
    if (first && network) await ip('route', 'replace', network, 'via', first.ip, 'dev', names.bridge);
  return running;
}

async function refuseOverlap(underlay: string): Promise<void> {
  const { stdout } = await run('ip', ['-j', '-4', 'route', 'show', 'root', underlay]);
  const taken = (JSON.parse(stdout || '[]') as { dst: string; dev?: string }[])[0];
  if (taken) throw new Error(`underlay ${underlay} overlaps ${taken.dst} on ${taken.dev ?? 'this host'}: choose another`);
}

async function ensureMachine(cluster: string, machine: Machine, gateway: string, prefix: number): Promise<RunningMachine> {
  const names = machineNames(cluster);
  const namespace = names.namespace(machine.name);
  const link = names.link(machine.name);
  const inside = (...args: string[]) => ip('-n', namespace, ...args);
  if (!(await succeeds('ip', ['-n', namespace, 'link', 'show', 'dev', 'lo']))) {
    // A file without a namespace behind it is left by a reboot or a lazily unmounted /run.
    await quietly('netns', 'delete', namespace);
    await ip('netns', 'add', namespace);
  }
  if (!(await succeeds('ip', ['-n', namespace, 'link', 'show', 'dev', 'eth0']))) {
    await quietly('link', 'delete', link);
    await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  }
  await ip('link', 'set', link, 'master', names.bridge, 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('address', 'replace', `${machine.ip}/${prefix}`, 'dev', 'eth0');
  await dropOtherAddresses(namespace, machine.ip);
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'replace', 'default', 'via', gateway);
  await setSysctls(NODE_SYSCTLS, namespace);
  return { ...machine, namespace, prefix: inNamespace(namespace) };
}

async function dropOtherAddresses(namespace: string, keep: string): Promise<void> {
  const { stdout } = await ip('-n', namespace, '-j', '-4', 'address', 'show', 'dev', 'eth0');
  const [link] = JSON.parse(stdout) as { addr_info?: { local: string; prefixlen: number }[] }[];
  for (const { local, prefixlen } of link?.addr_info ?? [])
    if (local !== keep) await quietly('-n', namespace, 'address', 'delete', `${local}/${prefixlen}`, 'dev', 'eth0');
}

/** Machines reach what the host reaches; their bridged traffic among themselves is not tracked twice (bridge-nf may be on here). */
async function hostTable({ underlayCidr }: UnderlayOptions, table: string, bridge: string): Promise<void> {
  await run('nft', ['-f', '-'], {
    input: `table ip ${table} {}
delete table ip ${table}
table ip ${table} {
  chain untracked {
    type filter hook prerouting priority raw; policy accept;
    iifname "${bridge}" ip saddr ${underlayCidr} ip daddr ${underlayCidr} udp dport { 4789, 8472 } notrack
  }
  chain outbound {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${underlayCidr} oifname != "${bridge}" masquerade
  }
  chain passage {
    type filter hook forward priority filter; policy accept;
    iifname "${bridge}" accept
    oifname "${bridge}" accept
  }
}
`,
  });
}

/** Removes every namespace, link and table of the cluster, also those of machines that nobody remembers. Processes inside must have ended. */
export async function removeMachines(cluster: string): Promise<void> {
  const { prefix, bridge, table } = machineNames(cluster);
  const { stdout: namespaces } = await run('ip', ['netns', 'list'], { okCodes: 'any' });
  for (const line of namespaces.split('\n')) {
    const name = line.split(' ')[0] ?? '';
    if (name.startsWith(`${prefix}-`)) await quietly('netns', 'delete', name);
  }
  const { stdout: links } = await ip('-j', 'link', 'show');
  for (const { ifname } of JSON.parse(links) as { ifname: string }[])
    if (ifname === bridge || ifname.startsWith(`${prefix}-`)) await quietly('link', 'delete', ifname);
  await run('nft', ['delete', 'table', 'ip', table], { okCodes: 'any' });
}
