import { quantityValue } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import type { Signal } from './thresholds.ts';
import { FACTS } from './thresholds.ts';

/** What a pod uses; bytes and counts. */
export interface PodUsage {
  memory: number;
  disk: number;
  inodes: number;
  pids: number;
  containers: { name: string; memory: number; disk: number; inodes: number }[];
}

const SYSTEM_CRITICAL = 2_000_000_000;

/** Such pods are never evicted: mirror pods cannot be made anew, and the cluster needs those of system priority (IsCriticalPod). */
export const isCritical = ({ metadata, spec }: Pod): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined || (spec.priority ?? 0) >= SYSTEM_CRITICAL;

type Requested = 'memory' | 'ephemeral-storage';

export const requestOf = ({ spec }: Pod, name: Requested): number => {
  const sum = (containers: Pod['spec']['containers']) =>
    containers.reduce((total, { resources }) => total + quantityValue(resources?.requests?.[name] ?? '0'), 0);
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return sum([...spec.containers, ...sidecars]) + quantityValue(spec.overhead?.[name] ?? '0');
};

const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;

/** Usage, and request of it (0 for what cannot be requested), by the signal's resource. */
export function demand(pod: Pod, usage: PodUsage, signal: Signal): { used: number; requested: number } {
  switch (FACTS[signal].resource) {
    case 'memory':
      return { used: usage.memory, requested: requestOf(pod, 'memory') };
    case 'ephemeral-storage':
      return { used: usage.disk, requested: requestOf(pod, 'ephemeral-storage') };
    case 'inodes':
      return { used: usage.inodes, requested: 0 };
    case 'pids':
      return { used: usage.pids, requested: 0 };
  }
}

/** Pods in the order in which they go: what exceeds its requests first, then by priority, then by usage above the request; pure. */
export function ranked(pods: readonly { pod: Pod; usage: PodUsage }[], signal: Signal): { pod: Pod; usage: PodUsage }[] {
  const rows = pods.map((each) => ({ each, ...demand(each.pod, each.usage, signal) }));
  const isCountedByRequest = FACTS[signal].resource === 'memory' || FACTS[signal].resource === 'ephemeral-storage';
  const exceeds = ({ used, requested }: (typeof rows)[number]): number => (isCountedByRequest && used > requested ? 1 : 0);
  return rows
    .sort(
      (a, b) =>
        exceeds(b) - exceeds(a) ||
        priorityOf(a.each.pod) - priorityOf(b.each.pod) ||
        b.used - b.requested - (a.used - a.requested),
    )
    .map(({ each }) => each);
}
