import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '@windlass/platform';

/** Every process of a running server has the data directory as its working directory. */
export async function processesIn(directory: string): Promise<number[]> {
  const real = await realpath(directory).catch(() => directory);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const here = await Promise.all(
    pids.map(async (pid) => {
      const [cwd, program] = await Promise.all([
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
        readlink(`/proc/${pid}/exe`).catch(() => ''),
      ]);
      return cwd === real && path.basename(program) === 'postgres';
    }),
  );
  return pids.filter((_, i) => here[i]).map(Number);
}

export interface PostmasterStatus {
  pid: number;
  ready: boolean;
}

/** What postmaster.pid says (storage/pidfile.h: line 1 is the pid, line 8 the status). Says nothing about whether that process lives. */
export async function postmasterStatus(dataDir: string): Promise<PostmasterStatus | undefined> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Clears what a server that died by SIGKILL or with its machine left behind. Its children end by themselves when they notice; they are
 * killed after two seconds. The lock files must go because their pid may belong to someone else by now, which PostgreSQL would believe to
 * be a living server.
 * @throws Error when a server is running on this directory
 */
export async function clearLeftovers(dataDir: string, socketDir: string | undefined, port: number): Promise<void> {
  const status = await postmasterStatus(dataDir);
  const deadline = Date.now() + 2000;
  for (;;) {
    const left = await processesIn(dataDir);
    if (left.length === 0) break;
    if (status && left.includes(status.pid)) throw new Error(`PostgreSQL (pid ${status.pid}) already runs on ${dataDir}`);
    if (Date.now() > deadline) for (const pid of left) killIfAlive(pid);
    await sleep(20);
  }
  await rm(path.join(dataDir, 'postmaster.pid'), { force: true });
  if (!socketDir) return;
  await rm(path.join(socketDir, `.s.PGSQL.${port}`), { force: true });
  await rm(path.join(socketDir, `.s.PGSQL.${port}.lock`), { force: true });
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone in the meantime
  }
}
