import { Quantity, quantityValue } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import type { PodUsage } from './rank.ts';
import { amountOf, FACTS, type Observations, type Threshold } from './thresholds.ts';

export const EVICTED = 'Evicted';

const DIVISOR = 1024;
/** An amount as Go prints a quantity; memory and disk of messages are in Ki. */
const inKi = (bytes: number): string => `${Math.floor(bytes / DIVISOR)}Ki`;

/** Why a pod goes, in the kubelet's words; pure. */
export function evictionMessage(threshold: Threshold, seen: Observations, pod: Pod, usage: PodUsage): string {
  const { resource } = FACTS[threshold.signal];
  const observed = seen[threshold.signal];
  let message = `The node was low on resource: ${resource}. `;
  const isCount = resource === 'inodes' || resource === 'pids';
  const print = (value: number) => (isCount ? Quantity.of(value).toString() : inKi(value));
  if (observed) {
    const { value } = threshold;
    const quantity =
      'text' in value
        ? value.text
        : Quantity.of(amountOf(value, observed.capacity), isCount ? 'DecimalSI' : 'BinarySI').toString();
    message += `Threshold quantity: ${quantity}, available: ${print(observed.available)}. `;
  }
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return message;
  for (const container of usage.containers) {
    const spec = pod.spec.containers.find(({ name }) => name === container.name);
    const request = spec?.resources?.requests?.[resource];
    const used = resource === 'memory' ? container.memory : container.disk;
    if (spec && used > quantityValue(request ?? '0'))
      message += `Container ${container.name} was using ${inKi(used)}, request is ${request ?? '0'}, has larger consumption of ${resource}. `;
  }
  return message;
}

/** What a node under pressure answers to a new pod. */
export const conditionMessage = (conditions: readonly string[]): string => `The node had condition: [${conditions.join(' ')}]. `;
