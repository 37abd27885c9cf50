import { type AnyObject, equalJson, Quantity } from '@windlass/meta';
import {
  type Amounts,
  addAmounts,
  amountsOf,
  countedUntil,
  type GroupResource,
  growth,
  matchesScopes,
  type Pod,
  type ResourceQuota,
  type ResourceQuotaStatus,
  toResourceList,
  trackedResource,
  usageOf,
} from '@windlass/resources';

/** What a quota limits, by the kind that measures it. */
export function trackedKinds({ spec }: ResourceQuota): { kind: GroupResource; names: string[] }[] {
  const kinds = new Map<string, { kind: GroupResource; names: string[] }>();
  for (const name of Object.keys(spec?.hard ?? {})) {
    const kind = trackedResource(name);
    if (!kind) continue;
    const id = idOf(kind);
    const known = kinds.get(id);
    if (known) known.names.push(name);
    else kinds.set(id, { kind, names: [name] });
  }
  return [...kinds.values()];
}

/** `deployments.apps`, `pods`. */
export const idOf = ({ group, resource }: GroupResource): string => (group ? `${resource}.${group}` : resource);

/**
 * A quota's status from what there is in its namespace (quota.CalculateUsage).
 * @param objects of a kind in the namespace; undefined where they cannot be known, and then what was counted before stays
 */
export function recount(
  quota: ResourceQuota,
  objects: (kind: GroupResource) => readonly AnyObject[] | undefined,
  now: Date,
): ResourceQuotaStatus {
  const hard = { ...quota.spec?.hard };
  const before = amountsOf(quota.status?.used);
  const used: Amounts = new Map([...before].filter(([name]) => name in hard));
  for (const { kind, names } of trackedKinds(quota)) {
    const found = objects(kind);
    if (!found) continue;
    const total: Amounts = new Map();
    for (const object of found) if (matchesScopes(quota, kind, object)) addAmounts(total, usageOf(kind, object, now));
    for (const name of names) used.set(name, total.get(name) ?? Quantity.ZERO);
  }
  return { hard, used: toResourceList(used) };
}

/** Whether a status says the same: amounts are compared by value, limits as they are written. */
export function sameStatus(one: ResourceQuotaStatus | undefined, other: ResourceQuotaStatus): boolean {
  if (!one?.hard || !one.used || !equalJson(one.hard, other.hard ?? {})) return false;
  const [a, b] = [amountsOf(one.used), amountsOf(other.used)];
  return a.size === b.size && [...a].every(([name, amount]) => b.get(name)?.compare(amount) === 0);
}

/** What scopes look at and an update may change. */
const scopeFacts = ({ spec, status }: AnyObject): unknown[] => [
  spec?.activeDeadlineSeconds,
  spec?.volumeAttributesClassName,
  status?.currentVolumeAttributesClassName,
];

/** Whether an update gave something back: what is taken was counted by admission. */
export const gaveBack = (kind: GroupResource, old: AnyObject, object: AnyObject, now: Date): boolean =>
  growth(usageOf(kind, old, now), usageOf(kind, object, now)).size > 0 || !equalJson(scopeFacts(old), scopeFacts(object));

/** Milliseconds until the first of the pods that are being deleted stops to count by itself. */
export function nextUncounted(pods: readonly Pod[], now: Date): number | undefined {
  const times = pods.map((pod) => countedUntil(pod) - now.getTime()).filter((ms) => ms >= 0 && Number.isFinite(ms));
  return times.length > 0 ? Math.min(...times) + 1 : undefined;
}
