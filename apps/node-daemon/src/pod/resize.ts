import { type AppliedLimits, hasMemoryLimit, hasShares, type LinuxContainerResources } from '@windlass/host';
import type { Container, Pod, PodCondition } from '@windlass/resources';
import { qosClass } from './resources.ts';
import { isSidecar } from './spec.ts';

export type Resizable = 'cpu' | 'memory';

/** In what the kernel's limits of a running container differ from those it should have. */
export function changedResources(desired: LinuxContainerResources, applied: AppliedLimits | undefined): Resizable[] {
  if (!applied) return [];
  const changed: Resizable[] = [];
  if (!hasShares(applied, desired.cpuShares ?? 2) || applied.quotaUs !== (desired.cpuQuota || -1)) changed.push('cpu');
  if (!hasMemoryLimit(applied, desired.memoryLimitInBytes ?? 0)) changed.push('memory');
  return changed;
}

/** Whether a container's policy wants it restarted for a change of one of these. */
export const needsRestart = ({ resizePolicy }: Container, changed: readonly Resizable[]): boolean =>
  resizePolicy?.some(
    ({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && changed.includes(resourceName as Resizable),
  ) ?? false;

const isGuaranteed = (pod: Pod): number => (qosClass(pod) === 'Guaranteed' ? 1 : 0);

/** Which of two resizes that wait is looked at first (pkg/kubelet/allocation). */
export const byResizeUrgency = (a: Pod, b: Pod): number =>
  (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || isGuaranteed(b) - isGuaranteed(a);

/** What is told of a resize; the server keeps it as the pod's conditions. */
export interface ResizeState {
  pending?: { reason: 'Deferred' | 'Infeasible'; message: string; generation?: number };
  inProgress?: { error?: string; generation?: number };
}

export const RESIZE_CONDITIONS = ['PodResizePending', 'PodResizeInProgress'] as const;

/** The conditions of a resize, without times. */
export function resizeConditions({ pending, inProgress }: ResizeState): Omit<PodCondition, 'lastTransitionTime'>[] {
  const { reason, message, generation } = pending ?? {};
  return [
    ...(pending ? [{ type: 'PodResizePending', status: 'True' as const, reason, message, observedGeneration: generation }] : []),
    ...(inProgress
      ? [
          {
            type: 'PodResizeInProgress',
            status: 'True' as const,
            ...(inProgress.error ? { reason: 'Error', message: inProgress.error } : {}),
            observedGeneration: inProgress.generation,
          },
        ]
      : []),
  ];
}

/** What the server's conditions say of a resize that an earlier daemon began. */
export function resizeStateOf({ status }: Pod): ResizeState {
  const found = (type: string) => status?.conditions?.find((each) => each.type === type && each.status === 'True');
  const [pending, inProgress] = RESIZE_CONDITIONS.map(found);
  return {
    pending: pending && {
      reason: pending.reason as 'Deferred' | 'Infeasible',
      message: pending.message ?? '',
      generation: pending.observedGeneration,
    },
    inProgress: inProgress && { error: inProgress.message, generation: inProgress.observedGeneration },
  };
}

/** Text of events about a resize: what it is about, and the resources that the pod asks for as JSON (pkg/kubelet/events). */
export function resizeMessage(what: string, pod: Pod, generation: number | undefined, error?: string): string {
  const summary = (containers: Container[]) =>
    containers.length === 0
      ? undefined
      : containers.map(({ name, resources }) => ({
          name,
          resources: { limits: resources?.limits, requests: resources?.requests },
        }));
  return `${what}: ${JSON.stringify({
    initContainers: summary((pod.spec.initContainers ?? []).filter(isSidecar)),
    containers: summary(pod.spec.containers),
    generation,
    error,
  })}`;
}
