import type { Pod } from '@windlass/resources';
import { isPodReady } from '../shared/pods.ts';
import { isWithin, type Tolerances } from './behavior.ts';
import { groupPods, type PodSample, podRequests, type Samples } from './samples.ts';

/** What a replica count is computed from. Values are milli-units. */
export interface Situation {
  /** All pods that the target's selector finds. */
  pods: readonly Pod[];
  /** Replicas of the target's spec. */
  current: number;
  /** Replicas of its status. */
  running: number;
  tolerances: Tolerances;
  now: number;
}

const NO_PODS = 'no pods returned by selector while calculating replica count';
const NO_SAMPLES = 'did not receive metrics for targeted pods (pods might be unready)';

export interface ResourceProposal {
  replicas: number;
  /** Percent of the requests. */
  utilization: number;
  /** Average per pod. */
  average: number;
}

/** Replicas for a target utilization, in percent of the requests. @throws Error where it cannot be computed */
export function byUtilization(
  situation: Situation,
  target: number,
  samples: Samples,
  resource: string,
  container?: string,
): ResourceProposal {
  if (situation.pods.length === 0) throw new Error(NO_PODS);
  const requests = podRequests(situation.pods, resource, container);
  const measure = (counted: Samples) => {
    let used = 0;
    let requested = 0;
    let count = 0;
    for (const [name, { value }] of counted) {
      const request = requests.get(name);
      if (request === undefined) continue;
      used += value;
      requested += request;
      count++;
    }
    if (requested === 0) throw new Error('no metrics returned matched known pods');
    const utilization = Math.trunc((used * 100) / requested);
    return { ratio: utilization / target, utilization, average: Math.trunc(used / count) };
  };
  const { utilization, average } = measure(counted(situation, samples, resource === 'cpu').samples);
  const replicas = propose(
    situation,
    samples,
    resource === 'cpu',
    (set) => measure(set).ratio,
    (name) => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100),
  );
  return { replicas, utilization, average };
}

/** Replicas for a target average per pod. @throws Error where it cannot be computed */
export function byAverage(
  situation: Situation,
  target: number,
  samples: Samples,
  isCpu: boolean,
): { replicas: number; average: number } {
  if (situation.pods.length === 0) throw new Error(NO_PODS);
  const averageOf = (set: Samples) => Math.trunc([...set.values()].reduce((sum, { value }) => sum + value, 0) / set.size);
  const average = averageOf(counted(situation, samples, isCpu).samples);
  return {
    replicas: propose(
      situation,
      samples,
      isCpu,
      (set) => averageOf(set) / target,
      () => target,
    ),
    average,
  };
}

function counted({ pods, now }: Situation, samples: Samples, isCpu: boolean) {
  const groups = groupPods(pods, samples, isCpu, now);
  const left = new Map([...samples].filter(([name]) => !groups.ignored.has(name) && !groups.unready.has(name)));
  if (left.size === 0) throw new Error(NO_SAMPLES);
  return { groups, samples: left };
}

/**
 * The count that brings the ratio to 1. Pods without a sample are taken to damp the change: as fully used on a scale down, as unused on a
 * scale up, where pods that start count as unused too. (replica_calculator.go calcPlainMetricReplicas)
 */
function propose(
  situation: Situation,
  all: Samples,
  isCpu: boolean,
  ratioOf: (samples: Samples) => number,
  full: (name: string) => number,
): number {
  const { current, tolerances } = situation;
  const { groups, samples } = counted(situation, all, isCpu);
  const ratio = ratioOf(samples);
  const withUnready = groups.unready.size > 0 && ratio > 1;
  if (!withUnready && groups.missing.size === 0) return isWithin(ratio, tolerances) ? current : Math.ceil(ratio * groups.ready);
  const filled = new Map<string, PodSample>(samples);
  const fill = (name: string, value: number) => filled.set(name, { value, at: situation.now, windowMs: 0 });
  if (ratio !== 1) for (const name of groups.missing) fill(name, ratio < 1 ? full(name) : 0);
  if (withUnready) for (const name of groups.unready) fill(name, 0);
  const damped = ratioOf(filled);
  if (isWithin(damped, tolerances) || (ratio < 1 && damped > 1) || (ratio > 1 && damped < 1)) return current;
  const replicas = Math.ceil(damped * filled.size);
  return (damped < 1 && replicas > current) || (damped > 1 && replicas < current) ? current : replicas;
}

/** Replicas for one value (of an object or from outside) against a target value; from zero it is the ratio itself. */
export function byValue({ pods, current, tolerances }: Situation, value: number, target: number): number {
  const ratio = value / target;
  if (current === 0) return Math.ceil(ratio);
  if (isWithin(ratio, tolerances)) return current;
  if (pods.length === 0) throw new Error(`unable to calculate ready pods: ${NO_PODS}`);
  return Math.ceil(ratio * pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod)).length);
}

/** Replicas for one value shared by all pods, and each pod's share now. */
export function byShare({ running, tolerances }: Situation, value: number, target: number): { replicas: number; share: number } {
  const steady = isWithin(value / (target * running), tolerances);
  return { replicas: steady ? running : Math.ceil(value / target), share: running > 0 ? Math.ceil(value / running) : 0 };
}
