import { type Logger, sleep } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import type { Eviction } from '../eviction/eviction-manager.ts';
import { podsByPeriod, type ShutdownPeriod } from './periods.ts';

const MESSAGE = 'Pod was terminated in response to imminent node shutdown.';

/** Why a node that shuts down takes no pod. */
export const NOT_ADMITTED = { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' } as const;
export const SHUTTING_DOWN = 'node is shutting down';

/** Ends the node's pods, those of low priority first; each group has its period, and no longer. (KEP-2000, pkg/kubelet/nodeshutdown) */
export async function shutDown(
  periods: readonly ShutdownPeriod[],
  pods: readonly Pod[],
  evict: (pod: Pod, eviction: Eviction) => Promise<void>,
  logger: Logger,
): Promise<void> {
  for (const { seconds, pods: group } of podsByPeriod(periods, pods)) {
    logger.info({ pods: group.length, seconds }, 'the node shuts down');
    const ends = group.map((pod) =>
      evict(pod, {
        reason: 'Terminated',
        message: MESSAGE,
        grace: Math.min(pod.spec.terminationGracePeriodSeconds ?? seconds, seconds),
        isSilent: true,
        condition: { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: MESSAGE },
      }),
    );
    const timeout = new AbortController();
    await Promise.race([Promise.all(ends), sleep(seconds * 1000, timeout.signal)]);
    timeout.abort();
  }
}
