import type { Deployment, ReplicaSet } from '@windlass/resources';
import { DESIRED_REPLICAS, MAX_REPLICAS, replicasAnnotation } from './annotations.ts';
import { maxSurge, maxUnavailable } from './limits.ts';

/** A wanted size for one of the deployment's sets. */
export interface Resize {
  set: ReplicaSet;
  replicas: number;
}

export const sizeOf = (set: ReplicaSet): number => set.spec.replicas ?? 0;
const total = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, set) => sum + sizeOf(set), 0);
const wanted = (deployment: Deployment): number => deployment.spec.replicas ?? 1;

export const byAge = (a: ReplicaSet, b: ReplicaSet): number => {
  const [ta, tb] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return ta === tb ? ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1) : ta < tb ? -1 : 1;
};

/** Size of the newest set: as large as surge leaves room for. */
export function newSetSize(deployment: Deployment, sets: readonly ReplicaSet[], current: number): number {
  if (deployment.spec.strategy?.type === 'Recreate') return wanted(deployment);
  const room = wanted(deployment) + maxSurge(deployment) - total(sets);
  return room <= 0 ? current : current + Math.min(room, wanted(deployment) - current);
}

/** Growth (or shrinking, after a scale down) of the newest set in a rolling update; undefined when it has its size. */
export function resizeNewSet(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet): Resize | undefined {
  const size = sizeOf(newSet);
  const replicas = size > wanted(deployment) ? wanted(deployment) : newSetSize(deployment, sets, size);
  return replicas === size ? undefined : { set: newSet, replicas };
}

/** What old sets may lose now: first pods that are not available anyway, then as many as availability allows. */
export function shrinkOldSets(deployment: Deployment, oldSets: readonly ReplicaSet[], newSet: ReplicaSet): Resize[] {
  if (total(oldSets) === 0) return [];
  const minAvailable = wanted(deployment) - maxUnavailable(deployment);
  const newUnavailable = sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const budget = total([...oldSets, newSet]) - minAvailable - newUnavailable;
  if (budget <= 0) return [];
  const sizes = new Map(oldSets.map((set) => [set, sizeOf(set)]));
  const ordered = [...oldSets].sort(byAge);
  let cleaned = 0;
  for (const set of ordered) {
    const unhealthy = sizeOf(set) - (set.status?.availableReplicas ?? 0);
    const cut = Math.max(0, Math.min(budget - cleaned, unhealthy));
    sizes.set(set, sizeOf(set) - cut);
    cleaned += cut;
  }
  const available = [...oldSets, newSet].reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
  let spare = available - minAvailable;
  for (const set of ordered) {
    const cut = Math.max(0, Math.min(spare, sizes.get(set) as number));
    sizes.set(set, (sizes.get(set) as number) - cut);
    spare -= cut;
  }
  return ordered
    .map((set) => ({ set, replicas: sizes.get(set) as number }))
    .filter(({ set, replicas }) => replicas !== sizeOf(set));
}

/** Whether `spec.replicas` changed since the active sets were last sized. */
export const isScaling = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  sets
    .filter((set) => sizeOf(set) > 0)
    .some((set) => {
      const annotated = replicasAnnotation(set, DESIRED_REPLICAS);
      return annotated !== undefined && annotated !== wanted(deployment);
    });

function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  if (!set || replicasAnnotation(set, DESIRED_REPLICAS) === undefined) return false;
  const size = wanted(deployment);
  return (
    sizeOf(set) === size && replicasAnnotation(set, DESIRED_REPLICAS) === size && (set.status?.availableReplicas ?? 0) === size
  );
}

/** Sizes after a change of `spec.replicas` or while paused: one active set takes it all, several share it in proportion. */
export function scalePlan(deployment: Deployment, oldSets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): Resize[] {
  const sets = newSet ? [...oldSets, newSet] : [...oldSets];
  const active = sets.filter((set) => sizeOf(set) > 0);
  const only = active.length === 0 ? (newSet ?? [...oldSets].sort(byAge).at(-1)) : active.length === 1 ? active[0] : undefined;
  if (only) return sizeOf(only) === wanted(deployment) ? [] : [{ set: only, replicas: wanted(deployment) }];
  if (isSaturated(deployment, newSet)) return oldSets.filter((set) => sizeOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  if (deployment.spec.strategy?.type === 'Recreate') return [];
  const allowed = wanted(deployment) > 0 ? wanted(deployment) + maxSurge(deployment) : 0;
  const toAdd = allowed - total(active);
  const newest = (a: ReplicaSet, b: ReplicaSet) => byAge(b, a);
  const ordered = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? newest(a, b) : byAge(a, b)));
  let added = 0;
  const plan = ordered.map((set): Resize => {
    const share = toAdd === 0 ? 0 : proportion(deployment, set, toAdd, added);
    added += share;
    return { set, replicas: sizeOf(set) + share };
  });
  // Rounding leftovers go to the largest set.
  if (plan[0] && toAdd !== 0) plan[0].replicas = Math.max(0, plan[0].replicas + toAdd - added);
  return plan;
}

function proportion(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (sizeOf(set) === 0 || toAdd === added) return 0;
  const share = fraction(deployment, set);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function fraction(deployment: Deployment, set: ReplicaSet): number {
  if (wanted(deployment) === 0) return -sizeOf(set);
  const before = replicasAnnotation(set, MAX_REPLICAS) ?? deployment.status?.replicas ?? 0;
  if (before === 0) return 0;
  return Math.round((sizeOf(set) * (wanted(deployment) + maxSurge(deployment))) / before) - sizeOf(set);
}
