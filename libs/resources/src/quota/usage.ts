import { type AnyObject, Quantity } from '@windlass/meta';
import { storageClassOf } from '../core/volume/texts.ts';
import { type Amounts, addAmounts, amountsOf } from '../podspec/amounts.ts';
import { podAmounts } from '../podspec/pod-amounts.ts';
import type { PersistentVolumeClaim, Pod, Service } from '../types.gen.ts';
import { countName, type GroupResource, PLAIN } from './tracked.ts';

const ONE = Quantity.of(1);
const TERMINAL = new Set(['Succeeded', 'Failed']);

/** When a pod that is being deleted stops to count although nobody removed it: its node may be lost. Milliseconds since the epoch. */
export function countedUntil({ metadata }: Pod): number {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return Number.POSITIVE_INFINITY;
  return Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** Whether a pod takes more from a quota than its own existence (QuotaV1Pod). */
export const isPodCounted = (pod: Pod, now: Date): boolean =>
  !TERMINAL.has(pod.status?.phase ?? '') && now.getTime() <= countedUntil(pod);

function podUsage({ spec }: Pod): Amounts {
  const used: Amounts = new Map([['pods', ONE]]);
  for (const side of ['requests', 'limits'] as const)
    for (const [name, amount] of addAmounts(podAmounts(spec, side), amountsOf(spec.overhead))) {
      used.set(`${side}.${name}`, amount);
      if (side === 'requests' && !name.includes('/')) used.set(name, amount);
    }
  return used;
}

function claimUsage(claim: PersistentVolumeClaim): Amounts {
  const storage = Quantity.parse(claim.spec?.resources?.requests?.storage ?? 0);
  const used: Amounts = new Map([['requests.storage', storage]]);
  const name = storageClassOf(claim);
  if (name === '') return used;
  const prefix = `${name}.storageclass.storage.k8s.io`;
  return used.set(`${prefix}/persistentvolumeclaims`, ONE).set(`${prefix}/requests.storage`, storage);
}

function serviceUsage({ spec }: Service): Amounts {
  const ports = spec?.ports ?? [];
  const used: Amounts = new Map();
  if (spec?.type === 'LoadBalancer') used.set('services.loadbalancers', ONE);
  const takesPorts = spec?.type === 'NodePort' || (spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  if (takesPorts) used.set('services.nodeports', Quantity.of(ports.length));
  return used;
}

/** What an object uses of everything that a quota may limit. */
export function usageOf(kind: GroupResource, object: AnyObject, now: Date): Amounts {
  const used: Amounts = new Map([[countName(kind), ONE]]);
  if (kind.group !== '') return used;
  if (PLAIN.has(kind.resource)) used.set(kind.resource, ONE);
  switch (kind.resource) {
    case 'pods':
      return isPodCounted(object as unknown as Pod, now) ? addAmounts(used, podUsage(object as unknown as Pod)) : used;
    case 'services':
      return addAmounts(used, serviceUsage(object as unknown as Service));
    case 'persistentvolumeclaims':
      return addAmounts(used, claimUsage(object as unknown as PersistentVolumeClaim));
    default:
      return used;
  }
}

/** What `now` uses more than `before`. */
export const growth = (now: Amounts, before: Amounts): Amounts =>
  new Map(
    [...now]
      .map(([name, amount]) => [name, amount.sub(before.get(name) ?? Quantity.ZERO)] as const)
      .filter(([, amount]) => amount.sign > 0),
  );
