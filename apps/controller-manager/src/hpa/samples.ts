import { quantityMilliValue } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { podCondition } from '../shared/pods.ts';

/** A pod's measured value: milli-units, when it was measured, over how long. */
export interface PodSample {
  value: number;
  /** Milliseconds since the epoch. */
  at: number;
  windowMs: number;
}
export type Samples = ReadonlyMap<string, PodSample>;

const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;

export interface PodGroups {
  ready: number;
  /** Names of pods whose sample does not count (yet). */
  unready: Set<string>;
  missing: Set<string>;
  ignored: Set<string>;
}

/** Which pods' samples count (podautoscaler/replica_calculator.go groupPods). CPU is distrusted while a pod starts. */
export function groupPods(pods: readonly Pod[], samples: Samples, isCpu: boolean, now: number): PodGroups {
  const groups: PodGroups = { ready: 0, unready: new Set(), missing: new Set(), ignored: new Set() };
  for (const pod of pods) {
    const name = pod.metadata.name as string;
    const sample = samples.get(name);
    if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Failed') groups.ignored.add(name);
    else if (pod.status?.phase === 'Pending') groups.unready.add(name);
    else if (!sample) groups.missing.add(name);
    else if (isCpu && isStarting(pod, sample, now)) groups.unready.add(name);
    else groups.ready++;
  }
  return groups;
}

function isStarting(pod: Pod, sample: PodSample, now: number): boolean {
  const ready = podCondition(pod, 'Ready');
  const startTime = pod.status?.startTime;
  if (!ready || !startTime) return true;
  const started = Date.parse(startTime);
  const changed = Date.parse(ready.lastTransitionTime ?? '') || 0;
  if (started + CPU_INITIALIZATION_MS > now) return ready.status === 'False' || sample.at < changed + sample.windowMs;
  return ready.status === 'False' && started + INITIAL_READINESS_MS > changed;
}

/** Milli-units that each pod (or one of its containers) requests. @throws Error where one requests nothing */
export function podRequests(pods: readonly Pod[], resource: string, container?: string): Map<string, number> {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    const all = [...pod.spec.containers, ...sidecars];
    const counted = container === undefined ? all : all.filter(({ name }) => name === container);
    if (counted.length === 0) throw new Error(`container ${container} not found in Pod ${pod.metadata.name}`);
    let sum = 0;
    const podLevel = container === undefined ? pod.spec.resources?.requests?.[resource] : undefined;
    if (podLevel !== undefined) sum = quantityMilliValue(podLevel);
    else
      for (const { name, resources } of counted) {
        const request = resources?.requests?.[resource];
        if (request === undefined)
          throw new Error(`missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`);
        sum += quantityMilliValue(request);
      }
    requests.set(pod.metadata.name as string, sum);
  }
  return requests;
}
