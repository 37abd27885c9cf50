import type { ContainerStatus, Pod, PodStatus } from '@windlass/resources';
import { isSidecar } from '../pod/spec.ts';

type Phase = NonNullable<PodStatus['phase']>;

const exitOf = ({ state, lastState }: ContainerStatus): number | undefined =>
  state?.terminated?.exitCode ?? (state?.waiting ? lastState?.terminated?.exitCode : undefined);

/**
 * The pod's phase, as the kubelet's getPhase.
 * @param finished nothing of the pod will run again
 * @param restarting names of containers that were ended to be started again, whatever the restart policy says
 */
export function podPhase(
  pod: Pod,
  init: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
  finished: boolean,
  restarting: ReadonlySet<string> = new Set(),
): Phase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const hasRun = apps.some(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated);
  let failedInit = false;
  let pendingInit = false;
  let runningSidecars = false;
  for (const status of init) {
    const sidecar = isSidecar(pod.spec.initContainers!.find(({ name }) => name === status.name)!);
    const exit = exitOf(status);
    if (sidecar) {
      if (status.state?.running) runningSidecars = true;
      if (!hasRun && !status.started) pendingInit = true;
    } else if (status.state?.running) pendingInit = true;
    else if (exit === undefined) pendingInit = true;
    else if (exit !== 0) {
      if (status.state?.terminated && (policy === 'Never' || finished)) failedInit = true;
      else pendingInit = true;
    }
  }
  if (failedInit && (policy === 'Never' || finished)) return 'Failed';
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const status of apps) {
    if (status.state?.running || restarting.has(status.name)) running++;
    else if (exitOf(status) !== undefined) {
      stopped++;
      if (exitOf(status) === 0) succeeded++;
    } else waiting++;
  }
  if (finished) return apps.length > 0 && stopped === apps.length && succeeded === stopped ? 'Succeeded' : 'Failed';
  if (pendingInit && !hasRun) return 'Pending';
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped > 0) {
    if (runningSidecars || policy === 'Always') return 'Running';
    if (stopped === succeeded) return 'Succeeded';
    return policy === 'Never' ? 'Failed' : 'Running';
  }
  return 'Pending';
}
