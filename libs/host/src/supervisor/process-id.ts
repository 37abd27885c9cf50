import { readFileSync, writeFileSync } from 'node:fs';

/** A process that stays the same one even when its pid is used again: pid and start time in clock ticks since boot (proc(5), stat field 22). */
export interface ProcessId {
  pid: number;
  startTicks: string;
}

/** @returns undefined when no such process runs (or only its zombie is left) */
export function processId(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid, startTicks: fields[19]! };
  } catch {
    return undefined;
  }
}

export const isAlive = (id: ProcessId): boolean => processId(id.pid)?.startTicks === id.startTicks;

export function writePidFile(file: string, pid: number): void {
  const id = processId(pid);
  if (id) writeFileSync(file, `${id.pid} ${id.startTicks}\n`);
}

/** @returns the process that the file names, if it still runs */
export function readPidFile(file: string): ProcessId | undefined {
  try {
    const [pid, startTicks] = readFileSync(file, 'utf8').trim().split(' ');
    const id = { pid: Number(pid), startTicks: startTicks ?? '' };
    return isAlive(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** `stopSignal`, then SIGKILL after `graceMs`. Resolves when the process is gone. */
export async function endProcess(id: ProcessId, graceMs = 10_000, stopSignal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    try {
      if (isAlive(id)) process.kill(id.pid, name);
    } catch {
      // gone between the look and the call
    }
  };
  signal(stopSignal);
  const deadline = Date.now() + graceMs;
  let killed = false;
  while (isAlive(id)) {
    if (!killed && Date.now() >= deadline) {
      signal('SIGKILL');
      killed = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
