import { matchesLabels } from '@windlass/meta';
import type { Pod, ReplicaSetCondition, ReplicaSetStatus } from '@windlass/resources';
import { isPodAvailable, isPodReady } from '../shared/pods.ts';
import type { ReplicaOwner } from './kinds.ts';

/** Why the last reconcile could not bring the number of pods about. */
export interface ManageFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

/** The status that the pods amount to. `time` stamps a new condition. */
export function replicaStatus(
  owner: ReplicaOwner,
  pods: readonly Pod[],
  terminating: number | undefined,
  failure: ManageFailure | undefined,
  now: number,
  time: string,
): ReplicaSetStatus {
  const templateLabels = owner.spec.template?.metadata?.labels;
  const old = owner.status;
  const status: ReplicaSetStatus = { replicas: pods.length };
  const count = (test: (pod: Pod) => boolean) => pods.filter(test).length || undefined;
  status.fullyLabeledReplicas = count((pod) => matchesLabels(templateLabels, pod.metadata.labels));
  status.readyReplicas = count(isPodReady);
  status.availableReplicas = count((pod) => isPodAvailable(pod, owner.spec.minReadySeconds ?? 0, now));
  if (terminating !== undefined) status.terminatingReplicas = terminating;
  status.observedGeneration = owner.metadata.generation;
  const others = (old?.conditions ?? []).filter((condition) => condition.type !== 'ReplicaFailure');
  const had = old?.conditions?.find((condition) => condition.type === 'ReplicaFailure');
  if (!failure && had) status.conditions = others;
  else if (!failure) status.conditions = old?.conditions;
  else status.conditions = [...others, had?.reason === failure.reason ? had : newFailure(failure, time)];
  if (status.conditions?.length === 0) delete status.conditions;
  return status;
}

const newFailure = ({ reason, message }: ManageFailure, time: string): ReplicaSetCondition => ({
  type: 'ReplicaFailure',
  status: 'True',
  lastTransitionTime: time,
  reason,
  message,
});
