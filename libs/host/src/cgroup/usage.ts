import type { Cgroup } from './hierarchy.ts';

export interface CgroupUsage {
  /** CPU time used since the group was made, in ns. */
  cpuNanos: number;
  memoryBytes: number;
  /** Usage without the file cache that is easily given back: what the kubelet calls working set. */
  workingSetBytes: number;
  rssBytes: number;
  pageFaults: number;
  majorPageFaults: number;
  pids: number;
  /** Throttled CPU time in ns. */
  throttledNanos: number;
  throttledPeriods: number;
  /** CFS periods that have passed. */
  periods: number;
}

/** `key value` lines. */
export function parseStat(text: string | undefined): Record<string, number> {
  const stat: Record<string, number> = {};
  for (const line of text?.split('\n') ?? []) {
    const space = line.indexOf(' ');
    if (space > 0) stat[line.slice(0, space)] = Number(line.slice(space + 1));
  }
  return stat;
}

/** @returns undefined when the group is gone */
export async function readUsage(group: Cgroup): Promise<CgroupUsage | undefined> {
  const v2 = group.mounts.version === 2;
  const [memory, memoryText, cpuText, cpuacct, pids] = await Promise.all([
    group.read('memory', v2 ? 'memory.current' : 'memory.usage_in_bytes'),
    group.read('memory', 'memory.stat'),
    group.read('cpu', 'cpu.stat'),
    v2 ? undefined : group.read('cpuacct', 'cpuacct.usage'),
    group.read('pids', 'pids.current'),
  ]);
  if (memory === undefined) return undefined;
  const stat = parseStat(memoryText);
  const cpu = parseStat(cpuText);
  const memoryBytes = Number(memory);
  const inactive = stat.total_inactive_file ?? stat.inactive_file ?? 0;
  return {
    cpuNanos: v2 ? (cpu.usage_usec ?? 0) * 1000 : Number(cpuacct ?? 0),
    memoryBytes,
    workingSetBytes: Math.max(0, memoryBytes - inactive),
    rssBytes: v2 ? (stat.anon ?? 0) : (stat.total_rss ?? 0),
    pageFaults: stat.total_pgfault ?? stat.pgfault ?? 0,
    majorPageFaults: stat.total_pgmajfault ?? stat.pgmajfault ?? 0,
    pids: Number(pids ?? 0),
    throttledNanos: v2 ? (cpu.throttled_usec ?? 0) * 1000 : (cpu.throttled_time ?? 0),
    throttledPeriods: cpu.nr_throttled ?? 0,
    periods: cpu.nr_periods ?? 0,
  };
}
