import type { ContainerStatus, Pod, PodStatus } from '@windlass/resources';

const POD_CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

const containers = (pod: Pod, of: (name: string) => Partial<ContainerStatus>): ContainerStatus[] =>
  pod.spec.containers.map(({ name, image = '' }) => ({
    name,
    image,
    imageID: image,
    ready: false,
    restartCount: 0,
    ...of(name),
  }));

const conditions = (status: string, time: string) =>
  POD_CONDITIONS.map((type) => ({
    type,
    status: type === 'Ready' || type === 'ContainersReady' ? status : 'True',
    lastTransitionTime: time,
  }));

/** Status of a pod whose containers run and are ready. */
export const runningStatus = (pod: Pod, podIP: string, time: string): PodStatus => ({
  phase: 'Running',
  podIP,
  podIPs: [{ ip: podIP }],
  startTime: time,
  conditions: conditions('True', time),
  containerStatuses: containers(pod, () => ({ ready: true, started: true, state: { running: { startedAt: time } } })),
});

/** Status of a pod whose containers have ended with `exitCode`. */
export const endedStatus = (pod: Pod, exitCode: number, time: string): PodStatus => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  startTime: pod.status?.startTime ?? time,
  conditions: [
    ...conditions('False', time),
    ...(pod.status?.conditions ?? []).filter(({ type }) => !POD_CONDITIONS.includes(type)),
  ],
  containerStatuses: containers(pod, () => ({
    state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: time, finishedAt: time } },
  })),
});
