import { type Client, type EventRecorder, isConflict, isNotFound } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import { condition } from './conditions.ts';
import { PODS } from './resources.ts';

/** Ends a pod gracefully to make room for another one, which its condition and an event tell (prepareCandidate). */
export async function evict(client: Client, events: EventRecorder, victim: Pod, preemptor: Pod, node: string): Promise<void> {
  const { uid, deletionTimestamp } = victim.metadata;
  if (deletionTimestamp) return;
  const pods = client.resource<Pod>(PODS);
  const message = `${preemptor.spec.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`;
  try {
    const mark = condition(victim, 'DisruptionTarget', 'True', 'PreemptionByScheduler', message, new Date());
    await pods.patch(
      victim.metadata,
      { metadata: { uid }, status: { conditions: [mark] } },
      { type: 'strategic', subresource: 'status' },
    );
    await pods.delete(victim.metadata, { preconditions: { uid } });
  } catch (error) {
    // Gone already: so much the better.
    if (isNotFound(error) || isConflict(error)) return;
    throw error;
  }
  events.event(victim, 'Normal', 'Preempted', `Preempted by pod ${preemptor.metadata.uid} on node ${node}`);
}
