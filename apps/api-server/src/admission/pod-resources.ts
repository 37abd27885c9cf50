import type { Container, PodSpec } from '@windlass/resources';
import { type Amounts, addAmounts, amountsOf, raiseAmounts } from './amounts.ts';

export type Side = 'requests' | 'limits';

/** What may be asked for the pod as a whole (KEP-2837). */
const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/**
 * What the containers of a pod need at most at any time: all containers and sidecars together, or one init container beside the sidecars
 * that started before it.
 */
function containerAmounts({ containers, initContainers }: PodSpec, side: Side): Amounts {
  const running: Amounts = new Map();
  for (const { resources } of containers) addAmounts(running, amountsOf(resources?.[side]));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of initContainers ?? []) {
    const own = amountsOf(container.resources?.[side]);
    if (isSidecar(container)) {
      addAmounts(running, own);
      addAmounts(sidecars, own);
      raiseAmounts(starting, sidecars);
    } else raiseAmounts(starting, addAmounts(own, sidecars));
  }
  return raiseAmounts(running, starting);
}

/** The requests or limits of a pod; what is set for the pod as a whole counts more than its containers. Without overhead. */
export function podAmounts(spec: PodSpec, side: Side): Amounts {
  const total = containerAmounts(spec, side);
  for (const [name, amount] of amountsOf(spec.resources?.[side])) if (isPodLevel(name)) total.set(name, amount);
  return total;
}
