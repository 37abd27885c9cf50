import type { DaemonSet, Node, Pod } from '@windlass/resources';
import { POD_REVISION } from '../history/revisions.ts';
import { scaledValue } from '../shared/int-or-percent.ts';
import { isPodAvailable, isPodReady } from '../shared/pods.ts';
import { placementOf } from './placement.ts';
import { targetNode } from './pod.ts';

export interface DaemonPlan {
  /** Names of nodes that get a pod. */
  create: string[];
  remove: Pod[];
  /** Ended pods among those to remove: told in events, replaced with a back-off per node. */
  ended: { pod: Pod; node: string }[];
}

export interface Situation {
  set: DaemonSet;
  nodes: readonly Node[];
  /** The set's own pods. */
  pods: readonly Pod[];
  /** Hash of the present template. */
  hash: string;
  now: number;
}

const byAge = (a: Pod, b: Pod): number => {
  const assigned = Number(!a.spec.nodeName) - Number(!b.spec.nodeName);
  if (assigned) return assigned;
  const [ta, tb] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return ta === tb ? ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1) : ta < tb ? -1 : 1;
};

/** Pods by the node that they are for; a deleted pod that has ended no longer holds its place. */
export function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const isGone = ({ metadata, status }: Pod) =>
    !!metadata.deletionTimestamp && (status?.phase === 'Failed' || status?.phase === 'Succeeded');
  const found = Map.groupBy(
    pods.filter((pod) => !isGone(pod) && targetNode(pod) !== undefined),
    (pod) => targetNode(pod) as string,
  );
  for (const list of found.values()) list.sort(byAge);
  return found;
}

export const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[POD_REVISION] === hash;

/** Surge and unavailable as numbers of nodes; where both come to 0, one may be unavailable. */
export function updateLimits(set: DaemonSet, desired: number): { surge: number; unavailable: number } {
  const rolling = set.spec.updateStrategy?.rollingUpdate;
  const surge = scaledValue(rolling?.maxSurge, desired, true);
  const unavailable = scaledValue(rolling?.maxUnavailable, desired, true, 1);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** A pod on every node that is to have one, none elsewhere. (daemon_controller.go manage) */
export function planPresence(situation: Situation): DaemonPlan {
  const { set, nodes, hash, now } = situation;
  const byNode = podsByNode(situation.pods);
  const plan: DaemonPlan = { create: [], remove: [], ended: [] };
  for (const node of nodes) {
    const name = node.metadata.name as string;
    const pods = byNode.get(name) ?? [];
    const { run, stay } = placementOf(set, node);
    const living = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
    if (!stay) plan.remove.push(...living);
    else if (run && pods.length === 0) plan.create.push(name);
    else {
      const isEnded = ({ status }: Pod) => status?.phase === 'Failed' || status?.phase === 'Succeeded';
      plan.ended.push(...living.filter(isEnded).map((pod) => ({ pod, node: name })));
      plan.remove.push(
        ...surplus(
          set,
          living.filter((pod) => !isEnded(pod)),
          hash,
          now,
        ),
      );
    }
  }
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  for (const [name, pods] of byNode)
    if (!known.has(name)) plan.remove.push(...pods.filter((pod) => !pod.spec.nodeName && !pod.metadata.deletionTimestamp));
  return plan;
}

/** One pod per node; with surge a new one beside a ready old one until it is available. */
function surplus(set: DaemonSet, running: readonly Pod[], hash: string, now: number): Pod[] {
  const surges = updateLimits(set, 100).surge > 0;
  if (!surges || running.length <= 1) return running.slice(1);
  const [fresh, ...moreNew] = running.filter((pod) => isUpdated(pod, hash));
  const [old, ...moreOld] = running.filter((pod) => !isUpdated(pod, hash));
  const isDone = fresh && old && (!isPodReady(old) || isPodAvailable(fresh, set.spec.minReadySeconds ?? 0, now));
  return [...moreNew, ...moreOld, ...(isDone ? [old] : [])];
}

/** The next pods to replace in a rolling update, or the next nodes to surge on. (update.go rollingUpdate) */
export function planUpdate(situation: Situation): Pick<DaemonPlan, 'create' | 'remove'> {
  const { set, nodes, hash, now } = situation;
  const desired = nodes.filter((node) => placementOf(set, node).run).length;
  const { surge, unavailable } = updateLimits(set, desired);
  const isAvailable = (pod: Pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  const free: string[] = [];
  const candidates: string[] = [];
  const remove: Pod[] = [];
  const oldOn = new Map<string, Pod>();
  let busy = 0;
  for (const [node, pods] of podsByNode(situation.pods)) {
    const living = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
    const fresh = living.filter((pod) => isUpdated(pod, hash));
    const [old, ...others] = living.filter((pod) => !isUpdated(pod, hash));
    const settled = fresh.length <= 1 && others.length === 0;
    if (!settled) busy++;
    else if (old && !fresh[0]) {
      oldOn.set(node, old);
      // A broken pod of the old template costs nothing when it is replaced.
      if (!isAvailable(old)) {
        free.push(node);
        if (surge === 0) busy++;
      } else candidates.push(node);
    } else if (surge > 0 && old && fresh[0]) {
      if (isAvailable(fresh[0])) remove.push(old);
      else busy++;
    } else if (surge === 0 && !(fresh[0] && !old && isAvailable(fresh[0]))) busy++;
  }
  const limit = surge > 0 ? surge : unavailable;
  const chosen = [...free, ...candidates.slice(0, Math.max(0, limit - busy))];
  if (surge > 0) return { create: chosen, remove };
  return { create: [], remove: chosen.map((node) => oldOn.get(node) as Pod) };
}
