export { type AppliedLimits, hasMemoryLimit, hasShares, readLimits, sharesOf } from './applied.ts';
export { Cgroup, type CgroupMounts, cgroupMounts } from './hierarchy.ts';
export { applyLimits, type CgroupLimits, CPU_PERIOD_US, cpuQuota, cpuShares, cpuWeight } from './limits.ts';
export { type CgroupUsage, parseStat, readUsage } from './usage.ts';
