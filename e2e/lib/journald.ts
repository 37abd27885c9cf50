import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = ['/usr/lib/systemd/systemd-journald', '/lib/systemd/systemd-journald'];

export const journaldProgram = (): string | undefined => PROGRAMS.find((file) => existsSync(file));

/** Its socket, seen from outside the mount namespace. */
export const journaldSocket = (pid: number): string => `/proc/${pid}/root/run/systemd/journal/socket`;

/** A real systemd-journald in a mount namespace of its own, with its sockets and files on tmpfs. */
export async function startJournald(program: string): Promise<ChildProcess & { pid: number }> {
  const script = `mount -t tmpfs tmpfs /run/systemd && mkdir -p /run/systemd/journal /run/log && mount -t tmpfs tmpfs /run/log && exec ${program}`;
  const child = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', `mkdir -p /run/systemd /run/log && ${script}`],
    { stdio: 'ignore' },
  );
  const pid = child.pid;
  if (!pid) throw new Error('cannot start unshare');
  for (let i = 0; i < 100 && !existsSync(journaldSocket(pid)); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  if (!existsSync(journaldSocket(pid))) throw new Error('systemd-journald did not open its socket');
  return Object.assign(child, { pid });
}

/** Entries that match, as journalctl prints them in JSON. */
export function readJournal(pid: number, ...matches: string[]): Record<string, string>[] {
  const text = execFileSync(
    'nsenter',
    ['--mount', '--target', String(pid), 'journalctl', '--no-pager', '-q', '-o', 'json', ...matches],
    {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    },
  );
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string>);
}
