import { readdirSync, readFileSync } from 'node:fs';

/** The p-th percentile (0..100) of the samples. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN;
}

/** Resident memory of the processes in MiB (proc_pid_status(5), VmRSS). */
export const residentMiB = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024, 0);

const TICKS_PER_SECOND = 100;

/** Fields after the name, which may hold anything (proc_pid_stat(5)); none of a process that is gone. */
const statOf = (pid: number): string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};

/** CPU that the process and the children it waited for have used, in seconds; 0 of one that is gone. */
export const cpuSecondsOf = (pid: number): number =>
  statOf(pid)
    .slice(11, 15)
    .reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;

/** The processes below one, without itself. */
export function descendantsOf(root: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(statOf(Number(name))[1])]),
  );
  const below = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || below(parent));
  };
  return [...parents.keys()].filter(below);
}
/** Runs `work(i)` for i in 0..count-1 with `lanes` at a time. @returns rate per second and each call's milliseconds */
export async function parallel(
  count: number,
  lanes: number,
  work: (i: number) => Promise<void>,
): Promise<{ perSecond: number; ms: number[] }> {
  const ms: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let i = next++; i < count; i = next++) {
        const at = performance.now();
        await work(i);
        ms.push(performance.now() - at);
      }
    }),
  );
  return { perSecond: (count / (performance.now() - started)) * 1000, ms };
}
