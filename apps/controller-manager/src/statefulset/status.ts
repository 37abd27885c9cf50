import type { Pod, StatefulSet, StatefulSetStatus } from '@windlass/resources';
import { isPodAvailable, isPodReady } from '../shared/pods.ts';
import { replicasOf, revisionOf } from './identity.ts';
import type { RevisionNames } from './plan.ts';

/** Counts, and the end of a rollout: the update revision becomes the current one when all pods have it and are ready. */
export function statefulSetStatus(
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update }: RevisionNames,
  collisionCount: number | undefined,
  now: number,
): StatefulSetStatus {
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod));
  const staying = pods.filter((pod) => !pod.metadata.deletionTimestamp);
  const ofRevision = (name: string) => staying.filter((pod) => revisionOf(pod) === name).length;
  const updated = ofRevision(update);
  const rolling = set.spec.updateStrategy?.type !== 'OnDelete';
  const done = rolling && updated === replicasOf(set) && ready.length === pods.length && pods.length === replicasOf(set);
  const omitZero = (count: number) => count || undefined;
  return {
    ...set.status,
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: omitZero(ready.length),
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length,
    currentReplicas: omitZero(done ? updated : ofRevision(current)),
    updatedReplicas: omitZero(updated),
    currentRevision: done ? update : current,
    updateRevision: update,
    collisionCount: collisionCount ?? 0,
  };
}
