import { readFile } from 'node:fs/promises';

export interface InterfaceUsage {
  name: string;
  rxBytes: number;
  rxErrors: number;
  txBytes: number;
  txErrors: number;
}

/** The lines of /proc/PID/net/dev (proc_pid_net(5)) but the loopback. */
export function parseNetDev(text: string): InterfaceUsage[] {
  return text
    .split('\n')
    .slice(2)
    .flatMap((line) => {
      const [name, rest] = line.split(':');
      const columns = rest?.trim().split(/\s+/).map(Number);
      if (!columns || columns.length < 11 || name!.trim() === 'lo') return [];
      return [{ name: name!.trim(), rxBytes: columns[0]!, rxErrors: columns[2]!, txBytes: columns[8]!, txErrors: columns[10]! }];
    });
}

/** Interfaces as a process sees them. */
export const interfacesOf = async (pid: number | 'self'): Promise<InterfaceUsage[]> =>
  parseNetDev(await readFile(`/proc/${pid}/net/dev`, 'utf8').catch(() => ''));
