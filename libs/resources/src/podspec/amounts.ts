import { Quantity } from '@windlass/meta';

/** Amounts by resource name. */
export type Amounts = Map<string, Quantity>;

/** A resource list of the API. */
export type ResourceList = Readonly<Record<string, string | number>>;

export const amountsOf = (list: ResourceList | undefined): Amounts =>
  new Map(Object.entries(list ?? {}).map(([name, amount]) => [name, Quantity.parse(amount)]));

export const toResourceList = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));

const combine = (into: Amounts, other: Amounts, join: (a: Quantity, b: Quantity) => Quantity): Amounts => {
  for (const [name, amount] of other) {
    const before = into.get(name);
    into.set(name, before ? join(before, amount) : amount);
  }
  return into;
};

/** Adds `other` to `into`. */
export const addAmounts = (into: Amounts, other: Amounts): Amounts => combine(into, other, (a, b) => a.add(b));

/** Raises `into` to `other` where that is more. */
export const raiseAmounts = (into: Amounts, other: Amounts): Amounts =>
  combine(into, other, (a, b) => (a.compare(b) >= 0 ? a : b));
