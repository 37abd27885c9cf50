import type { Pod } from '@windlass/resources';
import { hasExited, isRunning, newestOf, type ObservedContainer, type ObservedPod, readySandbox } from './observed.ts';
import { containersOf, type SpecContainer } from './spec.ts';

/** What probes say of a running container. */
export interface ProbeView {
  /** Its startup probe (if any) has succeeded. */
  started(containerId: string): boolean;
  /** Why it must be restarted, if so. */
  unhealthy(containerId: string): 'liveness' | 'startup' | undefined;
}

export interface StartAction extends SpecContainer {
  attempt: number;
  /** The instance that ended, for back-off. */
  previous?: ObservedContainer;
}
export interface KillAction extends SpecContainer {
  id: string;
  reason: KillReason;
}
export type KillReason = 'liveness' | 'startup' | 'resize';
export interface SyncActions {
  /** Make a sandbox with this attempt number; what runs in older ones is stopped first. */
  sandbox?: { attempt: number };
  start: StartAction[];
  kill: KillAction[];
  /** All that the pod was to do is done: stop what still runs (sidecars), and the sandbox. */
  finished: boolean;
}

/** Whether an ended container is to run again. */
export function shouldRestart(pod: Pod, { kind, container }: SpecContainer, exitCode: number): boolean {
  if (kind === 'sidecar') return true;
  if (kind === 'ephemeral') return false;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  if (kind === 'init') return exitCode !== 0 && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

const restartAttempt = (previous: ObservedContainer | undefined): number => (previous ? previous.metadata.attempt + 1 : 0);

/** Init container failed for good: the pod fails with it. */
export const initFailed = (pod: Pod, observed: ObservedPod): boolean =>
  containersOf(pod).some((each) => {
    if (each.kind !== 'init') return false;
    const newest = newestOf(observed, each.container.name);
    return hasExited(newest) && newest!.exitCode !== 0 && !shouldRestart(pod, each, newest!.exitCode);
  });

/** Every app container has ended for good. */
export const appsDone = (pod: Pod, observed: ObservedPod, forced: ReadonlySet<string> = new Set()): boolean =>
  pod.spec.containers.every((container) => {
    const newest = newestOf(observed, container.name);
    return hasExited(newest) && !forced.has(newest!.id) && !shouldRestart(pod, { container, kind: 'app' }, newest!.exitCode);
  });

/**
 * The next step from what the runtime holds towards what the pod's specification says; pure. Init containers run one after the other to
 * their end, sidecars up to "started", then all app containers. Deletion is not looked at here. `forced`: ids of containers that were ended
 * to be started again, whatever the restart policy says.
 */
export function syncActions(
  pod: Pod,
  observed: ObservedPod,
  probes: ProbeView,
  forced: ReadonlySet<string> = new Set(),
): SyncActions {
  const actions: SyncActions = { start: [], kill: [], finished: false };
  if (initFailed(pod, observed) || appsDone(pod, observed, forced)) return { ...actions, finished: true };
  const sandbox = readySandbox(observed);
  const withoutIp = sandbox && !pod.spec.hostNetwork && !sandbox.network?.ip;
  if (!sandbox || withoutIp) {
    const newest = observed.sandboxes[0];
    actions.sandbox = { attempt: newest ? newest.metadata.attempt + 1 : 0 };
  }
  const current = actions.sandbox ? undefined : sandbox?.id;
  const here = (name: string): ObservedContainer | undefined => {
    const newest = newestOf(observed, name);
    return newest && newest.sandboxId === current ? newest : undefined;
  };
  const start = (each: SpecContainer): void => {
    const previous = newestOf(observed, each.container.name);
    actions.start.push({ ...each, attempt: restartAttempt(previous), previous: hasExited(previous) ? previous : undefined });
  };
  const heal = (each: SpecContainer, running: ObservedContainer): void => {
    const reason = probes.unhealthy(running.id);
    if (reason) actions.kill.push({ ...each, id: running.id, reason });
  };

  const all = containersOf(pod);
  // Once app containers were made in this sandbox, init containers are history: their records may even be gone.
  const initialized = pod.spec.containers.some((container) => here(container.name));
  for (const each of all.filter(({ kind }) => kind === 'init' || kind === 'sidecar')) {
    const newest = here(each.container.name);
    if (each.kind === 'init') {
      if (initialized) continue;
      if (isRunning(newest)) return actions;
      if (newest && hasExited(newest) && newest.exitCode === 0) continue;
      start(each);
      return actions;
    }
    if (newest && isRunning(newest)) {
      heal(each, newest);
      if (!initialized && !probes.started(newest.id)) return actions;
      continue;
    }
    start(each);
    if (!initialized) return actions;
  }
  for (const each of all.filter(({ kind }) => kind === 'app' || kind === 'ephemeral')) {
    const newest = here(each.container.name);
    const older = newestOf(observed, each.container.name);
    if (newest && isRunning(newest)) heal(each, newest);
    else if (!older || !hasExited(older)) start(each);
    else if (forced.has(older.id) || shouldRestart(pod, each, older.exitCode)) start(each);
  }
  return actions;
}
