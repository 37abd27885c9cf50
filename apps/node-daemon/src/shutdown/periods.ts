import { parseDuration } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import type { KubeletSettings } from '../kubelet-settings.ts';

/** How long pods of a priority, and of those up to the next one, have to end. */
export interface ShutdownPeriod {
  priority: number;
  seconds: number;
}

export const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** The periods of a shutdown, lowest priority first; none: pods go on when the daemon ends. @throws Error naming the setting that is wrong */
export function shutdownPeriods(settings: KubeletSettings): ShutdownPeriod[] {
  const { shutdownGracePeriodByPodPriority: byPriority = [], shutdownGracePeriod, shutdownGracePeriodCriticalPods } = settings;
  if (byPriority.length > 0 && (shutdownGracePeriod || shutdownGracePeriodCriticalPods))
    throw new Error('shutdownGracePeriodByPodPriority: must not be set together with shutdownGracePeriod');
  if (byPriority.length > 0)
    return byPriority
      .map(({ priority, shutdownGracePeriodSeconds }) => ({ priority, seconds: shutdownGracePeriodSeconds }))
      .sort((a, b) => a.priority - b.priority);
  const total = parseDuration(shutdownGracePeriod ?? '0s') / 1000;
  const critical = parseDuration(shutdownGracePeriodCriticalPods ?? '0s') / 1000;
  if (critical > total) throw new Error('shutdownGracePeriodCriticalPods: must be at most shutdownGracePeriod');
  if (total === 0) return [];
  return [
    { priority: 0, seconds: Math.floor(total - critical) },
    { priority: SYSTEM_CRITICAL_PRIORITY, seconds: Math.floor(critical) },
  ];
}

/** Milliseconds that a shutdown takes at most. */
export const shutdownMs = (settings: KubeletSettings = {}): number =>
  shutdownPeriods(settings).reduce((sum, { seconds }) => sum + seconds * 1000, 0);

/** The pods that end in each period; a pod belongs to the highest priority that is not above its own, or else to the lowest. */
export function podsByPeriod(periods: readonly ShutdownPeriod[], pods: readonly Pod[]): { seconds: number; pods: Pod[] }[] {
  const groups = periods.map(({ seconds }) => ({ seconds, pods: [] as Pod[] }));
  for (const pod of pods) {
    const index = periods.findLastIndex(({ priority }) => priority <= (pod.spec.priority ?? 0));
    groups[Math.max(0, index)]?.pods.push(pod);
  }
  return groups.filter((group) => group.pods.length > 0);
}
