import { formatTime } from '@windlass/meta';
import type { Container, ContainerState, ContainerStatus, Pod, PodStatus } from '@windlass/resources';
import { hasExited, instancesOf, isRunning, nanosToMs, type ObservedContainer, type ObservedPod } from '../pod/observed.ts';
import type { SpecContainer } from '../pod/spec.ts';
import { actualResources } from './container-resources.ts';

export interface Waiting {
  reason: string;
  message: string;
}

export interface StatusView {
  started(containerId: string): boolean;
  ready(containerId: string): boolean;
  /** Why a container does not start, by its name. */
  waiting: ReadonlyMap<string, Waiting>;
  /** Ids of containers that were ended to be started again, whatever the restart policy says. */
  restarting: ReadonlySet<string>;
  /** Nothing of the pod will run again. */
  finished: boolean;
}

export const CONTAINER_ID_PREFIX = 'containerd://';
const time = (nanos: number): string | undefined => (nanos ? formatTime(new Date(nanosToMs(nanos))) : undefined);
const SIGNAL_BASE = 128;

export function terminatedState(container: ObservedContainer): ContainerState {
  const { exitCode, startedAt, finishedAt, id } = container;
  const reason = container.reason || (exitCode === 0 ? 'Completed' : 'Error');
  const message = container.terminationMessage || container.message || undefined;
  return {
    terminated: {
      exitCode,
      reason,
      message,
      signal: container.state === 'CONTAINER_UNKNOWN' ? SIGNAL_BASE + 9 : undefined,
      startedAt: time(startedAt) ?? '1970-01-01T00:00:00Z',
      finishedAt: time(finishedAt) ?? '1970-01-01T00:00:00Z',
      containerID: CONTAINER_ID_PREFIX + id,
    },
  };
}

const LOST: ContainerState = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: undefined,
    finishedAt: undefined,
  },
};

const volumeMounts = ({ volumeMounts: mounts }: Container) =>
  mounts?.map(({ name, mountPath, readOnly }) =>
    readOnly ? { name, mountPath, readOnly, recursiveReadOnly: 'Disabled' } : { name, mountPath },
  );

/** One container's status from what the runtime holds (and was granted: the pod's resources are those), what hinders its start, and what was reported before its record was removed. */
export function containerStatus(pod: Pod, each: SpecContainer, observed: ObservedPod, view: StatusView): ContainerStatus {
  const { container } = each;
  const instances = instancesOf(observed, container.name);
  const newest = instances[0];
  const old = oldStatus(pod.status, each);
  const base: ContainerStatus = {
    name: container.name,
    image: newest?.image?.image || container.image || '',
    imageID: newest?.imageRef ?? '',
    ready: false,
    started: false,
    restartCount: newest?.metadata.attempt ?? old?.restartCount ?? 0,
    containerID: newest ? CONTAINER_ID_PREFIX + newest.id : undefined,
    lastState:
      instances[1] && hasExited(instances[1])
        ? terminatedState(instances[1])
        : ((newest ? oldLast(old, newest.id) : old?.lastState) ?? {}),
    state: {},
    volumeMounts: volumeMounts(container),
  };
  if (each.kind === 'app' || each.kind === 'sidecar') {
    const { limits, requests } = container.resources ?? {};
    base.allocatedResources = requests;
    base.resources = actualResources(
      { ...(limits && { limits }), ...(requests && { requests }) },
      isRunning(newest) ? newest!.limits : undefined,
    );
  }
  const waiting = view.waiting.get(container.name);
  if (isRunning(newest)) {
    const started = view.started(newest!.id);
    base.state = { running: { startedAt: time(newest!.startedAt) } };
    base.started = started;
    base.ready = view.ready(newest!.id);
    return base;
  }
  if (newest && hasExited(newest)) {
    const terminated = terminatedState(newest);
    // The server lets no container leave its end for good: one that is to run again nevertheless is never shown there.
    const next = waiting ?? (view.restarting.has(newest.id) ? { reason: 'ContainerCreating', message: '' } : undefined);
    if (next && !view.finished) {
      base.lastState = terminated;
      base.state = { waiting: next };
    } else base.state = terminated;
    base.ready = each.kind === 'init' && newest.exitCode === 0;
    return tidy(base);
  }
  if (newest) {
    base.state = { waiting: waiting ?? { reason: 'ContainerCreating', message: '' } };
    return tidy(base);
  }
  return withoutRecord(base, pod, each, old, view, waiting);
}

/** The runtime knows nothing of it: not started yet, or its record was removed. */
function withoutRecord(
  base: ContainerStatus,
  pod: Pod,
  each: SpecContainer,
  old: ContainerStatus | undefined,
  view: StatusView,
  waiting: Waiting | undefined,
): ContainerStatus {
  if (old?.state?.terminated) return { ...old, ready: each.kind === 'init' && old.state.terminated.exitCode === 0 };
  if (old?.state?.running) {
    const lost = { ...base, imageID: old.imageID, image: old.image, containerID: old.containerID };
    if (view.finished) return { ...lost, state: LOST };
    return { ...lost, lastState: LOST, state: { waiting: waiting ?? { reason: 'ContainerCreating', message: '' } } };
  }
  const reason = (pod.spec.initContainers?.length ?? 0) > 0 ? 'PodInitializing' : 'ContainerCreating';
  return tidy({ ...base, state: { waiting: waiting ?? { reason, message: '' } } });
}

function tidy(status: ContainerStatus): ContainerStatus {
  if (status.state?.waiting?.message === '') status.state = { waiting: { reason: status.state.waiting.reason } };
  return status;
}

/** What was reported as last state stays so while the instance is the same. */
const oldLast = (old: ContainerStatus | undefined, id: string): ContainerState | undefined =>
  old?.containerID === CONTAINER_ID_PREFIX + id
    ? old.lastState
    : old?.state?.terminated
      ? { terminated: old.state.terminated }
      : undefined;

function oldStatus(status: PodStatus | undefined, { container, kind }: SpecContainer): ContainerStatus | undefined {
  const list =
    kind === 'app'
      ? status?.containerStatuses
      : kind === 'ephemeral'
        ? status?.ephemeralContainerStatuses
        : status?.initContainerStatuses;
  return list?.find(({ name }) => name === container.name);
}
