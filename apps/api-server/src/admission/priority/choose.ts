import type { PodSpec, PriorityClass } from '@windlass/resources';

/** The least of the classes that are marked as default. */
export const globalDefault = (classes: readonly PriorityClass[]): PriorityClass | undefined =>
  classes.filter((one) => one.globalDefault).sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];

/** What a pod without any class gets. */
export const NO_CLASS = { value: 0, preemptionPolicy: 'PreemptLowerPriority' } as const;

export type Chosen = Pick<PriorityClass, 'value' | 'preemptionPolicy'>;

/** Writes the chosen priority into the pod. @returns why it may not, when the pod says something else itself */
export function setPriority(spec: PodSpec, chosen: Chosen): string | undefined {
  const value = chosen.value ?? 0;
  if (spec.priority !== undefined && spec.priority !== value)
    return `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
  spec.priority = value;
  const policy = chosen.preemptionPolicy as PodSpec['preemptionPolicy'];
  if (policy === undefined) return undefined;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    return `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
  spec.preemptionPolicy = policy;
  return undefined;
}
