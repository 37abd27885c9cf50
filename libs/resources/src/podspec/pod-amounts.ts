import type { PodSpec } from '../types.gen.ts';
import { type Amounts, amountsOf } from './amounts.ts';
import { containerAmounts, type Side } from './pod-resources.ts';
import { isPodLevelResource } from './resource-names.ts';

/** The requests or limits of a pod; what is set for the pod as a whole counts more than its containers (KEP-2837). Without overhead. */
export function podAmounts(spec: PodSpec, side: Side): Amounts {
  const total = containerAmounts(spec, side);
  for (const [name, amount] of amountsOf(spec.resources?.[side])) if (isPodLevelResource(name)) total.set(name, amount);
  return total;
}
