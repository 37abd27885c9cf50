import { type AppliedLimits, CPU_PERIOD_US, cpuQuota, cpuShares, hasMemoryLimit, hasShares, sharesOf } from '@windlass/host';
import { Quantity, quantityMilliValue, quantityValue } from '@windlass/meta';
import type { ResourceRequirements } from '@windlass/resources';

const SHARES_PER_CORE = 1024;

/** `list` with one amount as it is; absent when there is none. */
function actual(list: Record<string, string>, name: string, value: Quantity | undefined): Record<string, string> {
  const { [name]: _, ...others } = list;
  return value === undefined ? others : { ...others, [name]: value.toString() };
}

/**
 * What a running container really has, in the words of what it was granted where the kernel cannot tell the two apart; pure. Amounts that
 * were not granted are not shown, as in the kubelet.
 */
export function actualResources(granted: ResourceRequirements, applied: AppliedLimits | undefined): ResourceRequirements {
  if (!applied) return granted;
  let { limits, requests } = granted;
  if (limits?.cpu !== undefined && applied.quotaUs !== (cpuQuota(quantityMilliValue(limits.cpu)) || -1))
    limits = actual(
      limits,
      'cpu',
      applied.quotaUs < 0 ? undefined : Quantity.ofMilli(Math.round((applied.quotaUs * 1000) / CPU_PERIOD_US)),
    );
  if (limits?.memory !== undefined && !hasMemoryLimit(applied, quantityValue(limits.memory)))
    limits = actual(limits, 'memory', applied.memoryBytes < 0 ? undefined : Quantity.of(applied.memoryBytes, 'BinarySI'));
  if (requests?.cpu !== undefined && !hasShares(applied, cpuShares(quantityMilliValue(requests.cpu))))
    requests = actual(requests, 'cpu', Quantity.ofMilli(Math.ceil((sharesOf(applied) * 1000) / SHARES_PER_CORE)));
  return { ...granted, ...(limits && { limits }), ...(requests && { requests }) };
}
