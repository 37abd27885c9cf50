import { Quantity } from '@windlass/meta';
import { type Amounts, amountsOf, type Pod, type ResourceQuota, toResourceList } from '@windlass/resources';

const EXPLICIT = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

const text = (amounts: Amounts): string =>
  [...amounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => `${name}=${amount}`)
    .join(',');

const only = (amounts: Amounts, names: readonly string[]): Amounts =>
  new Map(names.map((name) => [name, amounts.get(name) ?? Quantity.ZERO]));

/** Names that both the quota limits and the request uses. */
export const limitedNames = ({ status }: ResourceQuota, used: Amounts): string[] =>
  Object.keys(status?.hard ?? {}).filter((name) => used.has(name));

/** @returns what containers must say about themselves under the quota and do not */
export function missingRequests({ status }: ResourceQuota, { spec }: Pod): string | undefined {
  const missing = EXPLICIT.filter((name) => status?.hard?.[name] !== undefined).flatMap((name) => {
    const side = name.startsWith('limits.') ? 'limits' : 'requests';
    const resource = name.replace(/^(limits|requests)\./, '');
    if (spec.resources?.[side]?.[resource] !== undefined) return [];
    const silent = [...spec.containers, ...(spec.initContainers ?? [])]
      .filter(({ resources }) => resources?.[side]?.[resource] === undefined)
      .map((container) => container.name);
    return silent.length > 0 ? [`${name} for: ${[...new Set(silent)].sort().join(',')}`] : [];
  });
  return missing.length > 0 ? `must specify ${missing.sort().join('; ')}` : undefined;
}

/** Adds a request to what a quota has counted, in place. @returns why it may not */
export function charge(quota: ResourceQuota, requested: Amounts): string | undefined {
  const { name } = quota.metadata;
  const names = limitedNames(quota, requested);
  const used = amountsOf(quota.status?.used);
  const hard = amountsOf(quota.status?.hard);
  const unknown = names.filter((resource) => !used.has(resource)).sort();
  if (unknown.length > 0) return `status unknown for quota: ${name}, resources: ${unknown.join(',')}`;
  const exceeded = names.filter((resource) => used.get(resource)!.add(requested.get(resource)!).compare(hard.get(resource)!) > 0);
  if (exceeded.length > 0) {
    const [asked, counted, limited] = [requested, used, hard].map((amounts) => text(only(amounts, exceeded)));
    return `exceeded quota: ${name}, requested: ${asked}, used: ${counted}, limited: ${limited}`;
  }
  for (const resource of names) used.set(resource, used.get(resource)!.add(requested.get(resource)!));
  quota.status = { ...quota.status, used: toResourceList(used) };
  return undefined;
}
