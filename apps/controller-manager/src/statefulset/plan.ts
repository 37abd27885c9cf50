import type { Pod, StatefulSet } from '@windlass/resources';
import { scaledValue } from '../shared/int-or-percent.ts';
import { isPodAvailable, isPodReady } from '../shared/pods.ts';
import { isItself, ordinalOf, replicasOf, revisionOf, startOrdinal } from './identity.ts';

export type Step =
  | { do: 'create'; ordinal: number; revision: 'current' | 'update' }
  | { do: 'delete'; pod: Pod; because: 'scaled' | 'failed' | 'succeeded' | 'outdated' }
  /** Brings labels and claims back. */
  | { do: 'repair'; pod: Pod; ordinal: number };

/** Names of the revisions that pods carry. */
export interface RevisionNames {
  current: string;
  update: string;
}

const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod);
const isLeaving = (pod: Pod): boolean => !!pod.metadata.deletionTimestamp;
const isHealthy = (pod: Pod): boolean => isRunningAndReady(pod) && !isLeaving(pod);

/**
 * What to do now: in ordered mode at most one step, then wait for its effect; in parallel mode all that can be done. (stateful_set_control.go
 * updateStatefulSet) `pods` are the set's own.
 */
export function planStatefulSet(set: StatefulSet, pods: readonly Pod[], revisions: RevisionNames, now: number): Step[] {
  const monotonic = set.spec.podManagementPolicy !== 'Parallel';
  const isAvailable = (pod: Pod) => isRunningAndReady(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  const start = startOrdinal(set);
  const end = start + replicasOf(set);
  const replicas = new Map<number, Pod>();
  const condemned: { pod: Pod; ordinal: number }[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    if (ordinal >= start && ordinal < end) replicas.set(ordinal, pod);
    else condemned.push({ pod, ordinal });
  }
  condemned.sort((a, b) => b.ordinal - a.ordinal);
  const steps: Step[] = [];
  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = replicas.get(ordinal);
    const step = pod ? stepOf(set, pod, ordinal) : createStep(set, ordinal);
    if (step) steps.push(step);
    // Repairs do not hold anything up; everything else waits for the pod to be there and well.
    const blocks = !pod || step?.do === 'delete' || isLeaving(pod) || !isAvailable(pod);
    if (monotonic && blocks) return steps;
  }
  const blocked = steps.some((step) => step.do !== 'repair');
  const unhealthy = firstUnhealthy([...replicas.values()], condemned);
  for (const { pod } of condemned) {
    if (isLeaving(pod)) {
      if (monotonic) return steps;
      continue;
    }
    if (monotonic && !isAvailable(pod) && pod !== unhealthy) return steps;
    steps.push({ do: 'delete', pod, because: 'scaled' });
    if (monotonic) return steps;
  }
  if (blocked || condemned.length > 0) return steps;
  return [...steps, ...rollout(set, replicas, revisions, start, isAvailable)];
}

function stepOf(set: StatefulSet, pod: Pod, ordinal: number): Step | undefined {
  const phase = pod.status?.phase;
  if ((phase === 'Failed' || phase === 'Succeeded') && !isLeaving(pod))
    return { do: 'delete', pod, because: phase === 'Failed' ? 'failed' : 'succeeded' };
  return isLeaving(pod) || isItself(set, pod, ordinal) ? undefined : { do: 'repair', pod, ordinal };
}

function createStep(set: StatefulSet, ordinal: number): Step {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  const boundary = startOrdinal(set) + (rollingUpdate?.partition ?? (rollingUpdate ? 0 : (set.status?.currentReplicas ?? 0)));
  const old = type !== 'OnDelete' && ordinal < boundary;
  return { do: 'create', ordinal, revision: old ? 'current' : 'update' };
}

/** The lowest unhealthy replica, or else the condemned pod that is. */
function firstUnhealthy(replicas: readonly Pod[], condemned: readonly { pod: Pod }[]): Pod | undefined {
  return replicas.find((pod) => !isHealthy(pod)) ?? [...condemned].reverse().find(({ pod }) => !isHealthy(pod))?.pod;
}

/** Outdated pods to replace, highest ordinal first, as many as may be unavailable. */
function rollout(
  set: StatefulSet,
  replicas: ReadonlyMap<number, Pod>,
  revisions: RevisionNames,
  start: number,
  isAvailable: (pod: Pod) => boolean,
): Step[] {
  const strategy = set.spec.updateStrategy;
  if (strategy?.type === 'OnDelete') return [];
  const lowest = start + (strategy?.rollingUpdate?.partition ?? 0);
  const limit = Math.max(1, scaledValue(strategy?.rollingUpdate?.maxUnavailable, replicasOf(set), false, 1));
  const missing = replicasOf(set) - replicas.size;
  const descending = [...replicas].sort(([a], [b]) => b - a);
  const isOutdated = (pod: Pod) => revisionOf(pod) !== revisions.update && !isLeaving(pod);
  const steps: Step[] = [];
  let budget = limit - missing - descending.filter(([, pod]) => isLeaving(pod) || !isAvailable(pod)).length;
  for (const [ordinal, pod] of descending) {
    if (ordinal < lowest || steps.length >= limit) break;
    // One at a time means in order: what was just replaced has to be well before the next one goes.
    if (!isOutdated(pod) && limit === 1 && !isHealthy(pod)) break;
    // A broken pod costs nothing: it is unavailable already.
    if (!isOutdated(pod) || (limit > 1 && budget <= 0 && isAvailable(pod))) continue;
    if (isAvailable(pod)) budget--;
    steps.push({ do: 'delete', pod, because: 'outdated' });
  }
  return steps;
}
