import { quantityMilliValue, quantityValue } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { podAmounts } from './resources.ts';

export interface Shortage {
  resource: 'cpu' | 'memory' | 'pods';
  /** Thousandths of a core, bytes, or pods. */
  requested: number;
  used: number;
  capacity: number;
}

export type Allocatable = Readonly<Record<string, string>>;

const capacityOf = (allocatable: Allocatable, resource: Shortage['resource']): number =>
  resource === 'cpu' ? quantityMilliValue(allocatable.cpu) : quantityValue(allocatable[resource]);

/** The first resource of which the node has too little for a pod beside others; pure. `others` have the resources they were granted. */
export function shortage(pod: Pod, others: readonly Pod[], allocatable: Allocatable): Shortage | undefined {
  const pods = capacityOf(allocatable, 'pods');
  if (others.length + 1 > pods) return { resource: 'pods', requested: 1, used: others.length, capacity: pods };
  for (const resource of ['cpu', 'memory'] as const) {
    const requested = podAmounts(pod, resource).requests;
    const used = others.reduce((sum, other) => sum + podAmounts(other, resource).requests, 0);
    const capacity = capacityOf(allocatable, resource);
    if (requested > 0 && used + requested > capacity) return { resource, requested, used, capacity };
  }
  return undefined;
}

export const shortageText = ({ resource, requested, used, capacity }: Shortage): string =>
  `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;

/** Why a pod cannot be resized to what it asks for now, or ever on this node (KEP-1287). */
export function resizeProblem(
  pod: Pod,
  others: readonly Pod[],
  allocatable: Allocatable,
): { reason: 'Deferred' | 'Infeasible'; message: string } | undefined {
  for (const resource of ['memory', 'cpu'] as const) {
    const requested = podAmounts(pod, resource).requests;
    const capacity = capacityOf(allocatable, resource);
    if (requested > capacity)
      return {
        reason: 'Infeasible',
        message: `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`,
      };
  }
  const missing = shortage(pod, others, { ...allocatable, pods: String(others.length + 1) });
  return missing && { reason: 'Deferred', message: shortageText(missing) };
}
