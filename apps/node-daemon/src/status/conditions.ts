import { formatTime } from '@windlass/meta';
import type { ContainerStatus, Pod, PodCondition } from '@windlass/resources';
import { isSidecar } from '../pod/spec.ts';

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const quotedList = (names: readonly string[]): string => `[${names.join(' ')}]`;

function initialized(pod: Pod, init: readonly ContainerStatus[], apps: readonly ContainerStatus[], phase: string): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (apps.some(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated))
    return { status: 'True' };
  const unready = (pod.spec.initContainers ?? []).filter((container) => {
    const status = init.find(({ name }) => name === container.name);
    if (isSidecar(container)) return !status?.started;
    return !status?.ready;
  });
  if (unready.length === 0) return { status: 'True' };
  const names = quotedList(unready.map(({ name }) => name));
  return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names}` };
}

function containersReady(pod: Pod, init: readonly ContainerStatus[], apps: readonly ContainerStatus[], phase: string): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  const statuses = new Map([...init, ...apps].map((status) => [status.name, status]));
  const unready = [...sidecars, ...pod.spec.containers].filter(({ name }) => !statuses.get(name)?.ready);
  if (unready.length === 0) return { status: 'True' };
  const names = quotedList(unready.map(({ name }) => name));
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${names}` };
}

function ready(pod: Pod, containers: Verdict): Verdict {
  if (containers.status !== 'True') return containers;
  const missing: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const found = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (!found) missing.push(`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`);
    else if (found.status !== 'True')
      missing.push(`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${found.status}`);
  }
  if (missing.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}

/** The kubelet's own conditions, and `more` of them that hold now; those of others are not in the result. Transition times move with the status only. */
export function podConditions(
  pod: Pod,
  init: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
  phase: string,
  hasSandbox: boolean,
  more: readonly Omit<PodCondition, 'lastTransitionTime'>[],
  old: readonly PodCondition[],
  now: Date,
): PodCondition[] {
  const containers = containersReady(pod, init, apps, phase);
  const verdicts: [string, Verdict][] = [
    ['PodReadyToStartContainers', { status: hasSandbox ? 'True' : 'False' }],
    ['Initialized', initialized(pod, init, apps, phase)],
    ['Ready', ready(pod, containers)],
    ['ContainersReady', containers],
    ['PodScheduled', { status: 'True' }],
  ];
  const own = verdicts.map(([type, verdict]) => ({ type, ...verdict, observedGeneration: pod.metadata.generation }));
  return [...own, ...more].map((condition) => {
    const before = old.find(({ type }) => type === condition.type);
    const lastTransitionTime =
      before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : formatTime(now);
    return { ...condition, lastTransitionTime };
  });
}
