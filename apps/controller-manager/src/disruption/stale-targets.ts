import { keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { formatTime } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { staleTargetInMs } from './counts.ts';

/** Takes back a DisruptionTarget condition of a pod that was not deleted in time (KEP-3329). */
export function staleTargetController({ client, informers, logger, now }: ControllerContext): Controller {
  const pods = informers.informer<Pod>(refs.pods);
  const podClient = client.resource<Pod>(refs.pods);
  const isTarget = (pod: Pod): boolean => staleTargetInMs(pod, 0) !== undefined;
  return controller({
    name: 'disruption-stale-targets',
    workers: 1,
    watches: [watch(pods, (pod, { deleted }) => (deleted || !isTarget(pod) ? [] : [keyOf(pod)]))],
    logger,
    reconcile: async (key) => {
      const pod = pods.store.get(key);
      const time = now();
      const wait = pod && staleTargetInMs(pod, time.getTime());
      if (wait === undefined) return;
      if (wait > 0) return { requeueAfterMs: wait };
      const condition = { type: 'DisruptionTarget', status: 'False', lastTransitionTime: formatTime(time) };
      const patch = { metadata: { resourceVersion: pod!.metadata.resourceVersion }, status: { conditions: [condition] } };
      await podClient.patch(pod!.metadata, patch, { type: 'strategic', subresource: 'status' });
    },
  });
}
