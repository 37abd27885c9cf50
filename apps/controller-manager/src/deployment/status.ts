import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@windlass/resources';
import { condition, hasDeadline, newCondition, withCondition, withoutCondition } from './conditions.ts';
import { maxUnavailable } from './limits.ts';

const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (of(set) ?? 0), 0);
const omitZero = (value: number): number | undefined => value || undefined;

/** Counts and the Available condition. (deployment/sync.go calculateStatus) */
export function countedStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  time: string,
): DeploymentStatus {
  const available = sum(sets, (set) => set.status?.availableReplicas);
  const wanted = sum(sets, (set) => set.spec.replicas);
  const enough = available >= (deployment.spec.replicas ?? 1) - maxUnavailable(deployment);
  const next = enough
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', time)
    : newCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', time);
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: omitZero(sum(sets, (set) => set.status?.replicas)),
    updatedReplicas: omitZero(newSet?.status?.replicas ?? 0),
    readyReplicas: omitZero(sum(sets, (set) => set.status?.readyReplicas)),
    availableReplicas: omitZero(available),
    unavailableReplicas: omitZero(Math.max(0, wanted - available)),
    terminatingReplicas: sum(sets, (set) => set.status?.terminatingReplicas),
    collisionCount: deployment.status?.collisionCount,
    conditions: withCondition(deployment.status?.conditions, next),
  };
}

/** All replicas are of the newest template, available, and nothing else is left. */
export const isComplete = ({ spec, metadata }: Deployment, status: DeploymentStatus | undefined): boolean => {
  const wanted = spec.replicas ?? 1;
  return (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
};

function isProgressing({ status: old }: Deployment, status: DeploymentStatus): boolean {
  const oldPods = (s: DeploymentStatus | undefined) => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0);
  return (
    (status.updatedReplicas ?? 0) > (old?.updatedReplicas ?? 0) ||
    oldPods(status) < oldPods(old) ||
    (status.readyReplicas ?? 0) > (old?.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (old?.availableReplicas ?? 0)
  );
}

/** Milliseconds until the progress deadline (≤ 0: passed); undefined where none runs. */
export function deadlineInMs(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const progressing = condition(status, 'Progressing');
  if (!hasDeadline(deployment) || !progressing || progressing.reason === 'NewReplicaSetAvailable') return undefined;
  if (progressing.reason === 'ProgressDeadlineExceeded') return 0;
  const from = Date.parse(progressing.lastUpdateTime ?? '') || now;
  return from + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 - now;
}

/** The whole status of a rollout: counts, progress, and the failures of its sets. (deployment/progress.go syncRolloutStatus) */
export function rolloutStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
  time: string,
): DeploymentStatus {
  const status = countedStatus(deployment, sets, newSet, time);
  let conditions: DeploymentCondition[] = status.conditions ?? [];
  const current = condition(deployment.status, 'Progressing');
  if (!hasDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (hasDeadline(deployment) && !settled) {
    const subject = newSet
      ? `ReplicaSet ${JSON.stringify(newSet.metadata.name)}`
      : `Deployment ${JSON.stringify(deployment.metadata.name)}`;
    const set = (value: 'True' | 'False', reason: string, text: string, refresh = false) => {
      conditions = withCondition(conditions, newCondition('Progressing', value, reason, `${subject} ${text}`, time), refresh);
    };
    const left = deadlineInMs(deployment, status, now);
    if (isComplete(deployment, status)) set('True', 'NewReplicaSetAvailable', 'has successfully progressed.');
    // Every step forward restarts the deadline, so the update time moves even where status and reason stay.
    else if (isProgressing(deployment, status)) set('True', 'ReplicaSetUpdated', 'is progressing.', true);
    else if (left !== undefined && left <= 0) set('False', 'ProgressDeadlineExceeded', 'has timed out progressing.');
  }
  const failure = setFailure(sets, newSet);
  status.conditions = failure ? withCondition(conditions, failure) : withoutCondition(conditions, 'ReplicaFailure');
  return status;
}

/** The newest set's failure, or else any other's. */
function setFailure(sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): DeploymentCondition | undefined {
  for (const set of newSet ? [newSet, ...sets] : sets) {
    const found = set.status?.conditions?.find((c) => c.type === 'ReplicaFailure');
    if (found) return { ...found, lastUpdateTime: found.lastTransitionTime };
  }
  return undefined;
}
