import type { Container, PodSpec, PodStatus } from '../types.gen.ts';
import { type Amounts, addAmounts, amountsOf, raiseAmounts } from './amounts.ts';
import { isHugePages, isOvercommitAllowed, isPodLevelResource } from './resource-names.ts';

export type Side = 'requests' | 'limits';

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/**
 * What the containers ask for together: running ones and sidecars add up; an init container counts with the sidecars started before it
 * (resourcehelper.AggregateContainerRequests / Limits).
 */
export function containerAmounts(spec: PodSpec, side: Side): Amounts {
  const total: Amounts = new Map();
  for (const { resources } of spec.containers ?? []) addAmounts(total, amountsOf(resources?.[side]));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container.resources?.[side]);
    if (isSidecar(container)) {
      addAmounts(total, own);
      addAmounts(sidecars, own);
      raiseAmounts(starting, sidecars);
    } else {
      addAmounts(own, sidecars);
      raiseAmounts(starting, own);
    }
  }
  raiseAmounts(total, starting);
  return total;
}

/** Pod-level amounts that follow from the containers' and from each other (defaultPodRequests, defaultPodLimits). */
export function defaultPodResources(spec: PodSpec): void {
  const resources = spec.resources!;
  const requests = containerAmounts(spec, 'requests');
  defaultHugePageLimits(spec);
  if (Object.keys(resources.limits ?? {}).length > 0) {
    const filled: Record<string, string> = { ...resources.requests };
    for (const [name, amount] of requests)
      if (isPodLevelResource(name) && isOvercommitAllowed(name)) filled[name] ??= amount.toString();
    for (const [name, text] of Object.entries(resources.limits!)) if (isPodLevelResource(name)) filled[name] ??= text;
    if (Object.keys(filled).length > 0) resources.requests = filled;
  }
  defaultPodLimits(spec);
}

function defaultHugePageLimits(spec: PodSpec): void {
  const resources = spec.resources!;
  for (const [name, amount] of containerAmounts(spec, 'limits')) {
    if (!isHugePages(name) || resources.limits?.[name] !== undefined || resources.requests?.[name] === undefined) continue;
    resources.limits = { ...resources.limits, [name]: amount.toString() };
  }
}

/** With pod-level requests, a limit that every container has is the pod's too. */
function defaultPodLimits(spec: PodSpec): void {
  const resources = spec.resources!;
  if (Object.keys(resources.requests ?? {}).length === 0) return;
  const running = [...(spec.containers ?? []), ...(spec.initContainers ?? []).filter(isSidecar)];
  for (const [name, amount] of containerAmounts(spec, 'limits')) {
    if (name !== 'cpu' && name !== 'memory') continue;
    if (resources.limits?.[name] !== undefined || running.some((c) => c.resources?.limits?.[name] === undefined)) continue;
    resources.limits = { ...resources.limits, [name]: amount.toString() };
  }
}

const QOS_RESOURCES = ['cpu', 'memory'] as const;

function qosAmounts(spec: PodSpec, side: Side): { total: Amounts; every: boolean } {
  const total: Amounts = new Map();
  let every = true;
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const own = amountsOf(resources?.[side]);
    for (const name of QOS_RESOURCES) {
      const amount = own.get(name);
      if (amount?.sign === 1) addAmounts(total, new Map([[name, amount]]));
      else every = false;
    }
  }
  return { total, every };
}

/** ComputePodQOS: Guaranteed when limits are set everywhere and equal the requests, BestEffort when nothing is set. */
export function podQosClass(spec: PodSpec): NonNullable<PodStatus['qosClass']> {
  const own = spec.resources;
  const isSet = (list: object | undefined): boolean => Object.keys(list ?? {}).length > 0;
  const podLevel = isSet(own?.requests) || isSet(own?.limits);
  if (!podLevel && !hasAnyResources(spec)) return 'BestEffort';
  const { total: requests } = podLevel ? podQos(own!.requests) : qosAmounts(spec, 'requests');
  const { total: limits, every } = podLevel ? podQos(own!.limits) : qosAmounts(spec, 'limits');
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const equal = requests.size === limits.size && [...requests].every(([name, r]) => limits.get(name)?.compare(r) === 0);
  return every && equal ? 'Guaranteed' : 'Burstable';
}

const hasAnyResources = (spec: PodSpec): boolean => {
  for (const { resources } of spec.containers ?? []) if (resources?.requests || resources?.limits) return true;
  for (const { resources } of spec.initContainers ?? []) if (resources?.requests || resources?.limits) return true;
  return false;
};

function podQos(list: Record<string, string> | undefined): { total: Amounts; every: boolean } {
  const all = amountsOf(list);
  const total: Amounts = new Map();
  for (const name of QOS_RESOURCES) {
    const amount = all.get(name);
    if (amount?.sign === 1) total.set(name, amount);
  }
  return { total, every: total.size === QOS_RESOURCES.length };
}
