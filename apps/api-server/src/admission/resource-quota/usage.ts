import type { AdmissionAttributes } from '@windlass/apiserver';
import { type AnyObject, Quantity } from '@windlass/meta';
import type { PersistentVolumeClaim, Pod, Service } from '@windlass/resources';
import { type Amounts, addAmounts, amountsOf } from '../amounts.ts';
import { classOf } from '../persistent-volume-claims.ts';
import { podAmounts } from '../pod-resources.ts';

const ONE = Quantity.of(1);
/** Core kinds that may be counted by their plain name, besides `count/…`. */
const PLAIN = new Set([
  'configmaps',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
  'persistentvolumeclaims',
]);
const TERMINAL = new Set(['Succeeded', 'Failed']);

function podUsage({ spec, status }: Pod): Amounts {
  if (TERMINAL.has(status?.phase ?? '')) return new Map();
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
  const name = classOf(claim);
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
export function usageOf({ resource }: AdmissionAttributes, object: AnyObject): Amounts {
  const { group, resource: plural } = resource;
  const used: Amounts = new Map([[`count/${plural}${group ? `.${group}` : ''}`, ONE]]);
  if (group !== '') return used;
  if (PLAIN.has(plural)) used.set(plural, ONE);
  if (plural === 'pods') return addAmounts(used, podUsage(object as unknown as Pod));
  if (plural === 'services') return addAmounts(used, serviceUsage(object as unknown as Service));
  return plural === 'persistentvolumeclaims' ? addAmounts(used, claimUsage(object as unknown as PersistentVolumeClaim)) : used;
}

/** What `now` uses more than `before`. */
export const growth = (now: Amounts, before: Amounts): Amounts =>
  new Map(
    [...now]
      .map(([name, amount]) => [name, amount.sub(before.get(name) ?? Quantity.ZERO)] as const)
      .filter(([, amount]) => amount.sign > 0),
  );
