import { type CgroupLimits, CPU_PERIOD_US, cpuQuota, cpuShares, type LinuxContainerResources } from '@windlass/host';
import { quantityMilliValue, quantityValue } from '@windlass/meta';
import type { Container, Pod } from '@windlass/resources';
import { isSidecar } from './spec.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'] as const;

/** As pkg/apis/core/v1/helper/qos: from CPU and memory of all containers. */
export function qosClass(pod: Pod): QosClass {
  let any = false;
  let guaranteed = true;
  for (const { resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const name of COMPUTE) {
      const limit = quantityMilliValue(resources?.limits?.[name]);
      const request = resources?.requests?.[name] === undefined ? limit : quantityMilliValue(resources.requests[name]);
      if (limit || request) any = true;
      if (!limit || limit !== request) guaranteed = false;
    }
  }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable';
}

type Amounts = { requests: number; limits: number /** Every container has a limit. */; limited: boolean };

const amountsOf = (container: Container, name: 'cpu' | 'memory'): { request: number; limit: number } => {
  const read = name === 'cpu' ? quantityMilliValue : quantityValue;
  const limit = read(container.resources?.limits?.[name]);
  return {
    limit,
    request: container.resources?.requests?.[name] === undefined ? limit : read(container.resources.requests[name]),
  };
};

/** What the pod needs at once: app containers and sidecars together, or an init container with the sidecars before it (KEP-753). */
export function podAmounts(pod: Pod, name: 'cpu' | 'memory'): Amounts {
  const total: Amounts = { requests: 0, limits: 0, limited: true };
  const peak = { request: 0, limit: 0 };
  const sidecars = { request: 0, limit: 0 };
  for (const container of pod.spec.initContainers ?? []) {
    const { request, limit } = amountsOf(container, name);
    if (!limit) total.limited = false;
    if (isSidecar(container)) {
      sidecars.request += request;
      sidecars.limit += limit;
    }
    const own = isSidecar(container) ? { request: 0, limit: 0 } : { request, limit };
    peak.request = Math.max(peak.request, sidecars.request + own.request);
    peak.limit = Math.max(peak.limit, sidecars.limit + own.limit);
  }
  total.requests = sidecars.request;
  total.limits = sidecars.limit;
  for (const container of pod.spec.containers) {
    const { request, limit } = amountsOf(container, name);
    if (!limit) total.limited = false;
    total.requests += request;
    total.limits += limit;
  }
  const overhead = (name === 'cpu' ? quantityMilliValue : quantityValue)(pod.spec.overhead?.[name]);
  return {
    requests: Math.max(total.requests, peak.request) + overhead,
    limits: Math.max(total.limits, peak.limit) + overhead,
    limited: total.limited,
  };
}

/** Limits of the pod's cgroup: quota and memory only when every container has them. */
export function podLimits(pod: Pod, pids: number): CgroupLimits {
  const cpu = podAmounts(pod, 'cpu');
  const memory = podAmounts(pod, 'memory');
  return {
    cpuShares: cpuShares(cpu.requests),
    cpuMillis: cpu.limited ? cpu.limits : undefined,
    memoryBytes: memory.limited ? memory.limits : undefined,
    pids,
  };
}

const GUARANTEED_OOM_SCORE = -997;

/** The kubelet's formula (pkg/kubelet/qos/policy.go): what uses more than it asked for dies first. */
export function oomScoreAdj(pod: Pod, container: Container, memoryCapacity: number): number {
  const qos = qosClass(pod);
  if (qos === 'Guaranteed') return GUARANTEED_OOM_SCORE;
  if (qos === 'BestEffort') return 1000;
  const score = Math.floor(1000 - (1000 * amountsOf(container, 'memory').request) / memoryCapacity);
  return Math.min(999, Math.max(1000 + GUARANTEED_OOM_SCORE, score));
}

export function containerResources(pod: Pod, container: Container, memoryCapacity: number): LinuxContainerResources {
  const cpu = amountsOf(container, 'cpu');
  const quota = cpuQuota(cpu.limit);
  return {
    cpuShares: cpuShares(cpu.request),
    cpuPeriod: CPU_PERIOD_US,
    cpuQuota: quota || -1,
    memoryLimitInBytes: amountsOf(container, 'memory').limit,
    oomScoreAdj: oomScoreAdj(pod, container, memoryCapacity),
  };
}
