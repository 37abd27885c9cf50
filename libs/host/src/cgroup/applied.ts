import type { Cgroup } from './hierarchy.ts';
import { CPU_PERIOD_US, cpuWeight } from './limits.ts';

/** CPU and memory limits of a group as the kernel holds them. */
export interface AppliedLimits {
  /** v1 shares, or v2 weight. */
  cpu: { shares: number } | { weight: number };
  /** CFS quota in µs per {@link CPU_PERIOD_US}; -1 for none. */
  quotaUs: number;
  /** -1 for none. */
  memoryBytes: number;
}

const PAGE_BYTES = 4096;
/** v1 shows "no limit" as the largest multiple of a page. */
const NO_LIMIT = 2 ** 62;

const perPeriod = (quota: string | undefined, period: string | undefined): number =>
  !quota || quota === 'max' || Number(quota) < 0
    ? -1
    : Math.round((Number(quota) * CPU_PERIOD_US) / Number(period ?? CPU_PERIOD_US));

const memory = (text: string): number => (text === 'max' || Number(text) >= NO_LIMIT ? -1 : Number(text));

/** @returns undefined when the group is gone */
export async function readLimits(group: Cgroup): Promise<AppliedLimits | undefined> {
  if (group.mounts.version === 2) {
    const [weight, max, bytes] = await Promise.all([
      group.read('cpu', 'cpu.weight'),
      group.read('cpu', 'cpu.max'),
      group.read('memory', 'memory.max'),
    ]);
    if (weight === undefined || max === undefined || bytes === undefined) return undefined;
    const [quota, period] = max.trim().split(' ');
    return { cpu: { weight: Number(weight) }, quotaUs: perPeriod(quota, period), memoryBytes: memory(bytes.trim()) };
  }
  const [shares, quota, period, bytes] = await Promise.all([
    group.read('cpu', 'cpu.shares'),
    group.read('cpu', 'cpu.cfs_quota_us'),
    group.read('cpu', 'cpu.cfs_period_us'),
    group.read('memory', 'memory.limit_in_bytes'),
  ]);
  if (shares === undefined || quota === undefined || bytes === undefined) return undefined;
  return { cpu: { shares: Number(shares) }, quotaUs: perPeriod(quota.trim(), period), memoryBytes: memory(bytes.trim()) };
}

/** runc's newer conversion of shares to weight, through (2, 1), (1024, 100) and (262144, 10000) (opencontainers/cgroups). */
export function logarithmicWeight(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

/** Whether these are the kernel's form of so many shares; which conversion to weights a runtime uses depends on its version. */
export const hasShares = ({ cpu }: AppliedLimits, shares: number): boolean =>
  'shares' in cpu ? cpu.shares === shares : cpu.weight === cpuWeight(shares) || cpu.weight === logarithmicWeight(shares);

/** The shares that these stand for, by KEP-2254 for weights. */
export const sharesOf = ({ cpu }: AppliedLimits): number =>
  'shares' in cpu ? cpu.shares : Math.floor(2 + ((cpu.weight - 1) * 262_142) / 9999);

/** Whether this is the kernel's form of a memory limit: whole pages. @param bytes 0 or less: none */
export const hasMemoryLimit = ({ memoryBytes }: AppliedLimits, bytes: number): boolean =>
  memoryBytes === (bytes > 0 ? Math.floor(bytes / PAGE_BYTES) * PAGE_BYTES : -1);
