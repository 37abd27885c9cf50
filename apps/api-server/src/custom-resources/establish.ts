import { type AnyObject, type Condition, equalJson, setCondition } from '@windlass/meta';
import type { CustomResourceDefinition } from '@windlass/resources';
import { acceptNames } from './accept-names.ts';

/** The definition with its names decided on and its conditions set; undefined when that changes nothing. */
export function established(
  crd: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: Date,
): AnyObject | undefined {
  if (crd.metadata.deletionTimestamp) return undefined;
  const { names, conditions } = acceptNames(crd, others);
  let list = (crd.status?.conditions ?? []) as Condition[];
  for (const condition of conditions) list = setCondition(list, condition, now);
  const status = { ...crd.status, conditions: list, acceptedNames: names };
  if (equalJson(status, crd.status)) return undefined;
  return { ...crd, status } as unknown as AnyObject;
}
