import type { Cgroup } from './hierarchy.ts';

/** What a group may use. Absent: not limited. */
export interface CgroupLimits {
  /** Relative CPU weight as v1 shares (1024 per core requested; at least 2). */
  cpuShares?: number;
  /** Thousandths of a core. */
  cpuMillis?: number;
  memoryBytes?: number;
  pids?: number;
}

/** CFS period in µs, the kubelet's default. */
export const CPU_PERIOD_US = 100_000;
const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
const MIN_QUOTA_US = 1000;

/** CPU request in thousandths of a core as v1 shares. */
export const cpuShares = (milli: number): number => Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((milli * 1024) / 1000)));

/** CPU limit in thousandths of a core as CFS quota in µs per {@link CPU_PERIOD_US}; 0 (none) for no limit. */
export const cpuQuota = (milli: number): number =>
  milli ? Math.max(MIN_QUOTA_US, Math.floor((milli * CPU_PERIOD_US) / 1000)) : 0;

/** v1 shares [2, 262144] as v2 weight [1, 10000] (KEP-2254). */
export const cpuWeight = (shares: number): number => Math.floor(1 + ((shares - 2) * 9999) / 262_142);

/** Writes the limits; absent ones are lifted. */
export async function applyLimits(group: Cgroup, limits: CgroupLimits): Promise<void> {
  const shares = limits.cpuShares ?? MIN_SHARES;
  const quota = cpuQuota(limits.cpuMillis ?? 0);
  if (group.mounts.version === 2) {
    await group.write('cpu', 'cpu.weight', String(cpuWeight(shares)));
    await group.write('cpu', 'cpu.max', quota ? `${quota} ${CPU_PERIOD_US}` : 'max');
    await group.write('memory', 'memory.max', limits.memoryBytes ? String(limits.memoryBytes) : 'max');
    await group.write('pids', 'pids.max', limits.pids ? String(limits.pids) : 'max');
    return;
  }
  await group.write('cpu', 'cpu.shares', String(shares));
  await group.write('cpu', 'cpu.cfs_period_us', String(CPU_PERIOD_US));
  await group.write('cpu', 'cpu.cfs_quota_us', quota ? String(quota) : '-1');
  await group.write('memory', 'memory.limit_in_bytes', limits.memoryBytes ? String(limits.memoryBytes) : '-1');
  await group.write('pids', 'pids.max', limits.pids ? String(limits.pids) : 'max');
}
