import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CriClient } from '../cri/index.ts';
import { PAUSE_IMAGE } from '../oci/index.ts';
import { findProgram } from '../process/index.ts';
import { containerdConfig } from './config.ts';

export interface ContainerdOptions {
  /** Everything of this containerd lives below. Short enough for a unix socket (90 bytes), unless `socket` is given. */
  directory: string;
  socket?: string;
  cniConfDir: string;
  /** Default: the first of /usr/lib/cni and /opt/cni/bin that has the bridge plugin. */
  cniBinDir?: string;
  /** Default `<directory>/registry`. */
  registryDir?: string;
  sandboxImage?: string;
  snapshotter?: string;
}

/** A containerd as a process that someone else starts and watches. Run it in the node's network namespace. */
export interface ContainerdCommand {
  command: string;
  args: string[];
  /** CRI and containerd endpoint. */
  socket: string;
  /** Before every start: directories and config.toml. */
  prepare(): Promise<void>;
  /** Whether CRI answers. */
  ready(): Promise<boolean>;
}

const CAP_SYS_RESOURCE = 24n;
const MAX_SOCKET = 100;

function hasCapability(capability: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
}

/** Whether the kernel enforces AppArmor profiles. */
export const hasAppArmor = (): boolean => {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y');
  } catch {
    return false;
  }
};

/** Where this machine's CNI plugins are. */
export const defaultCniBinDir = (): string =>
  ['/usr/lib/cni', '/opt/cni/bin'].find((directory) => existsSync(path.join(directory, 'bridge'))) ?? '/opt/cni/bin';

/** Where a containerd in `directory` listens when it was given no socket. */
export const containerdSocket = (directory: string): string => path.join(directory, 'containerd.sock');

/** How to run a private containerd. @throws Error when containerd or runc is missing, or the socket's path is too long */
export async function containerdCommand(options: ContainerdOptions): Promise<ContainerdCommand> {
  const directory = path.resolve(options.directory);
  const socket = options.socket ?? containerdSocket(directory);
  if (Buffer.byteLength(socket) > MAX_SOCKET)
    throw new Error(`${socket} is too long for a unix socket: choose a shorter directory`);
  const command = await findProgram('containerd');
  const runcBinary = await findProgram('runc');
  const file = path.join(directory, 'config.toml');
  const registryDir = options.registryDir ?? path.join(directory, 'registry');
  const config = containerdConfig({
    root: path.join(directory, 'root'),
    state: path.join(directory, 'state'),
    opt: path.join(directory, 'opt'),
    socket,
    cniConfDir: options.cniConfDir,
    cniBinDir: options.cniBinDir ?? defaultCniBinDir(),
    registryDir,
    sandboxImage: options.sandboxImage ?? PAUSE_IMAGE,
    restrictOomScoreAdj: !hasCapability(CAP_SYS_RESOURCE),
    disableApparmor: !hasAppArmor(),
    snapshotter: options.snapshotter ?? 'overlayfs',
    runcBinary,
  });
  return {
    command,
    args: ['--config', file],
    socket,
    async prepare() {
      for (const each of [directory, registryDir, options.cniConfDir, path.dirname(socket)])
        await mkdir(each, { recursive: true });
      await writeFile(file, config);
    },
    async ready() {
      const client = new CriClient(socket);
      try {
        await client.version(1000);
        return true;
      } catch {
        return false;
      } finally {
        client.close();
      }
    },
  };
}
