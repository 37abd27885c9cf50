import { readFile, writeFile } from 'node:fs/promises';
import { run } from '../process/index.ts';

/** Runs commands in a network namespace: by its name, or (undefined) in our own. `nsenter` and not `ip netns exec`, which hides /sys/fs/cgroup. */
export const inNamespace = (namespace?: string): string[] =>
  namespace ? ['nsenter', `--net=/run/netns/${namespace}`, '--'] : [];

/** Settings of /proc/sys/net by path below it; only what differs is written. Missing paths (module not loaded) are skipped. @returns the paths that could not be set */
export async function setSysctls(settings: Record<string, string>, namespace?: string): Promise<string[]> {
  if (namespace) return setElsewhere(settings, namespace);
  const failed: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const file = `/proc/sys/net/${name}`;
    const now = await readFile(file, 'utf8').catch(() => undefined);
    if (now?.trim() === value) continue;
    await writeFile(file, value).catch(() => failed.push(name));
  }
  return failed;
}

/** /proc/sys/net shows the namespace of whoever reads it, so a process of that namespace must write. */
async function setElsewhere(settings: Record<string, string>, namespace: string): Promise<string[]> {
  const script = Object.entries(settings)
    .map(([name, value]) => `echo ${value} 2>/dev/null >/proc/sys/net/${name} || echo ${name}`)
    .join('\n');
  const [command, ...args] = [...inNamespace(namespace), 'sh'];
  const { stdout } = await run(command!, args, { input: `exec 2>/dev/null\n${script}\n`, okCodes: 'any' });
  return stdout.split('\n').filter(Boolean);
}

/** What a node's namespace needs: forwarding, bridged pod traffic seen by nftables, return paths over other links, NodePort on 127.0.0.1. */
export const NODE_SYSCTLS: Record<string, string> = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/all/rp_filter': '2',
  'ipv4/conf/default/rp_filter': '2',
  'ipv4/conf/all/route_localnet': '1',
  'ipv6/conf/all/forwarding': '1',
  'bridge/bridge-nf-call-iptables': '1',
  'bridge/bridge-nf-call-ip6tables': '1',
};
