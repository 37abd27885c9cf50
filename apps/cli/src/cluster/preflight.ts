import { readFileSync } from 'node:fs';
import { run, succeeds } from '@windlass/host';

/** What one check found: undefined when all is well, otherwise what is wrong and what to do. */
type Check = () => Promise<string | undefined> | string | undefined;

const PROBE = 'windlass-probe';

const root: Check = () =>
  process.getuid?.() === 0 ? undefined : 'nodes need root (network namespaces, mounts, cgroups): run it again with sudo';

const overlayfs: Check = async () => {
  await run('modprobe', ['overlay'], { okCodes: 'any' }).catch(() => undefined);
  return /\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'))
    ? undefined
    : 'the kernel has no overlayfs: load the module `overlay`';
};

const cgroups: Check = () => {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const v1 = /^\S+ \S+ cgroup \S*\bmemory\b/m.test(mounts);
  const v2 = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  const controllers = v2 ? readFileSync(`${v2}/cgroup.controllers`, 'utf8') : '';
  return v1 || /\bmemory\b/.test(controllers)
    ? undefined
    : 'no cgroup hierarchy with the memory controller is mounted: mount cgroup2 on /sys/fs/cgroup';
};

/** Makes a link of the type in a namespace of its own and deletes both. */
const link =
  (type: string, ...options: string[]): Check =>
  async () => {
    const namespace = `${PROBE}-${type}-${process.pid}`;
    if (!(await succeeds('ip', ['netns', 'add', namespace])))
      return 'network namespaces cannot be made here: the kernel or the container this runs in forbids them';
    try {
      return (await succeeds('ip', ['-n', namespace, 'link', 'add', 'probe', 'type', type, ...options]))
        ? undefined
        : `the kernel has no ${type} links: load the module \`${type}\``;
    } finally {
      await run('ip', ['netns', 'delete', namespace], { okCodes: 'any' });
    }
  };

const nftables: Check = async () =>
  (await succeeds('nft', ['list', 'tables'])) ? undefined : 'nftables does not work here: load the module `nf_tables`';

/** Looks for what a cluster on this machine needs. @throws Error with one line per thing that is missing and what to do about it */
export async function preflight(): Promise<void> {
  const denied = root();
  if (typeof denied === 'string') throw new Error(denied);
  const checks: Check[] = [
    overlayfs,
    cgroups,
    nftables,
    link('veth', 'peer', 'name', 'peer'),
    link('bridge'),
    link('vxlan', 'id', '1', 'dstport', '4789'),
  ];
  const found = await Promise.all(checks.map((check) => check()));
  const problems = [...new Set(found.filter((problem) => problem !== undefined))];
  if (problems.length > 0)
    throw new Error(`this machine cannot run a cluster:\n${problems.map((line) => `- ${line}`).join('\n')}`);
}
