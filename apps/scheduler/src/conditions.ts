import type { Client } from '@windlass/client';
import { formatTime } from '@windlass/meta';
import type { Pod, PodCondition } from '@windlass/resources';
import { PODS } from './resources.ts';

/** A condition as it is to be, with the transition time of the old one where the status stays. */
export function condition(pod: Pod, type: string, status: string, reason: string, message: string, now: Date): PodCondition {
  const old = pod.status?.conditions?.find((each) => each.type === type);
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : formatTime(now);
  return { type, status, reason, message, lastTransitionTime, observedGeneration: pod.metadata.generation } as PodCondition;
}

/** Writes PodScheduled=False and the nominated node ('' clears it; undefined leaves it) when either changes. */
export async function markUnschedulable(client: Client, pod: Pod, message: string, nominatedNodeName?: string): Promise<void> {
  const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const isSame = old?.status === 'False' && old.reason === 'Unschedulable' && old.message === message;
  const isNominated = nominatedNodeName === undefined || nominatedNodeName === (pod.status?.nominatedNodeName ?? '');
  if (isSame && isNominated) return;
  const status = {
    conditions: [condition(pod, 'PodScheduled', 'False', 'Unschedulable', message, new Date())],
    ...(!isNominated && { nominatedNodeName: nominatedNodeName || null }),
  };
  await client.resource<Pod>(PODS).patch(pod.metadata, { status }, { type: 'strategic', subresource: 'status' });
}
