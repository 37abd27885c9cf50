import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where the kernel shows its control groups. v1 has a tree per controller (cgroups(7)); a hybrid host with v1 controllers counts as v1. */
export interface CgroupMounts {
  version: 1 | 2;
  /** Mount point by v1 controller name, or by '' for the unified tree. */
  trees: ReadonlyMap<string, string>;
}

const V1_CONTROLLERS = new Set([
  'cpu',
  'cpuacct',
  'cpuset',
  'memory',
  'pids',
  'blkio',
  'devices',
  'freezer',
  'hugetlb',
  'net_cls',
  'net_prio',
  'perf_event',
  'rdma',
  'misc',
]);

/** Reads mountinfo (proc(5)). @param mountinfo for tests */
export function cgroupMounts(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): CgroupMounts {
  const trees = new Map<string, string>();
  let unified: string | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const point = before?.split(' ')[4];
    const [type, , options] = after?.split(' ') ?? [];
    if (!point) continue;
    if (type === 'cgroup2') unified ??= point;
    if (type === 'cgroup')
      for (const name of options?.split(',') ?? [])
        if (V1_CONTROLLERS.has(name) || name.startsWith('name=')) trees.set(name, point);
  }
  const version = trees.has('memory') || trees.has('cpu') ? 1 : 2;
  if (unified) trees.set('', unified);
  return { version, trees };
}

/** One group in every tree of the machine. `name` is its path from the root of each tree, with a leading slash. */
export class Cgroup {
  readonly name: string;
  readonly mounts: CgroupMounts;
  constructor(name: string, mounts: CgroupMounts) {
    this.name = path.posix.normalize(`/${name}`);
    this.mounts = mounts;
  }

  child(name: string): Cgroup {
    return new Cgroup(`${this.name}/${name}`, this.mounts);
  }

  /** Directory in a v1 controller's tree (or the unified one); undefined when the machine does not have that controller. */
  directory(controller: string): string | undefined {
    const tree = this.mounts.trees.get(this.mounts.version === 2 ? '' : controller);
    return tree && path.join(tree, this.name);
  }

  /** Makes the group with those controllers whose values we write; the runtime makes the others. */
  async create(): Promise<void> {
    if (this.mounts.version === 1) {
      for (const controller of ['cpu', 'cpuacct', 'memory', 'pids']) {
        const directory = this.directory(controller);
        if (directory) await mkdir(directory, { recursive: true });
      }
      return;
    }
    const root = this.mounts.trees.get('')!;
    let directory = root;
    for (const part of this.name.split('/').filter(Boolean)) {
      // A controller shows in a group only when its parent hands it down (cgroup-v2.rst, "Controlling Controllers").
      for (const controller of ['cpu', 'memory', 'pids', 'io', 'cpuset'])
        await writeFile(path.join(directory, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
      directory = path.join(directory, part);
      await mkdir(directory, { recursive: true });
    }
  }

  async write(controller: string, file: string, text: string): Promise<void> {
    const directory = this.directory(controller);
    if (directory) await writeFile(path.join(directory, file), text);
  }

  /** A file's text; undefined when it (or the group) is not there. */
  async read(controller: string, file: string): Promise<string | undefined> {
    const directory = this.directory(controller);
    return directory && readFile(path.join(directory, file), 'utf8').catch(() => undefined);
  }

  /** Names of the groups right below, over all trees. */
  children(): string[] {
    const names = new Set<string>();
    for (const tree of new Set(this.mounts.trees.values())) {
      const directory = path.join(tree, this.name);
      if (!existsSync(directory)) continue;
      for (const entry of readdirSync(directory, { withFileTypes: true })) if (entry.isDirectory()) names.add(entry.name);
    }
    return [...names];
  }

  /** Process ids in this group and below. */
  async processes(): Promise<number[]> {
    const found = new Set<number>();
    const walk = async (directory: string): Promise<void> => {
      const text = await readFile(path.join(directory, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (line) found.add(Number(line));
      for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => []))
        if (entry.isDirectory()) await walk(path.join(directory, entry.name));
    };
    for (const tree of new Set(this.mounts.trees.values())) await walk(path.join(tree, this.name));
    return [...found];
  }

  /** Removes the group and all below it from every tree. Resolves to false when processes still hold one of them. */
  async remove(): Promise<boolean> {
    let gone = true;
    for (const tree of new Set(this.mounts.trees.values())) gone = (await removeTree(path.join(tree, this.name))) && gone;
    return gone;
  }
}

async function removeTree(directory: string): Promise<boolean> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return true;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(directory, entry.name));
  return rmdir(directory).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}
