import { quantityMilliValue, quantityValue } from '@windlass/meta';
import type { Container, Pod } from '@windlass/resources';
import type { Amounts } from './place/types.ts';

type Quantities = Readonly<Record<string, string>> | undefined;

/** Quantities as plain numbers: CPU in millicores, the rest in bytes or units, rounded up. */
export function amountsOf(quantities: Quantities): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(quantities ?? {}))
    amounts[name] = name === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity);
  return amounts;
}

const add = (a: Record<string, number>, b: Amounts): void => {
  for (const [name, amount] of Object.entries(b)) a[name] = (a[name] ?? 0) + amount;
};
const raise = (a: Record<string, number>, b: Amounts): void => {
  for (const [name, amount] of Object.entries(b)) a[name] = Math.max(a[name] ?? 0, amount);
};

/** A request missing where a limit stands equals the limit (the API server's default does this too). */
const requestsOf = (container: Container): Record<string, number> => ({
  ...amountsOf(container.resources?.limits as Quantities),
  ...amountsOf(container.resources?.requests as Quantities),
});

/**
 * What a pod takes from its node (k8s.io/component-helpers resource.PodRequests): the larger of what the containers with all sidecars need
 * together and what each init step needs with the sidecars before it, and the overhead. Pod-level requests replace the sum where set.
 */
export function podRequests(pod: Pod): Amounts {
  const total: Record<string, number> = {};
  for (const container of pod.spec.containers) add(total, requestsOf(container));
  const sidecars: Record<string, number> = {};
  const startup: Record<string, number> = {};
  for (const container of pod.spec.initContainers ?? []) {
    const own = requestsOf(container as Container);
    const step = { ...sidecars };
    add(step, own);
    if (container.restartPolicy === 'Always') {
      add(sidecars, own);
      raise(startup, sidecars);
    } else raise(startup, step);
  }
  add(total, sidecars);
  raise(total, startup);
  Object.assign(total, amountsOf(pod.spec.resources?.requests as Quantities));
  add(total, amountsOf(pod.spec.overhead as Quantities));
  return total;
}
