import { formatTime } from '@windlass/meta';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '@windlass/resources';
import { newestOf, type ObservedPod, readySandbox, sandboxIps } from '../pod/observed.ts';
import { type ResizeState, resizeConditions } from '../pod/resize.ts';
import { qosClass } from '../pod/resources.ts';
import { containersOf } from '../pod/spec.ts';
import { podConditions } from './conditions.ts';
import { containerStatus, type StatusView } from './container-status.ts';
import { podPhase } from './phase.ts';

export interface PodStatusInput extends StatusView {
  nodeIp: string;
  now: Date;
  resize: ResizeState;
  /** Told when the node ends the pod. */
  disruption?: Omit<PodCondition, 'lastTransitionTime'>;
  /** The pod failed as a whole (deadline, eviction). */
  failed?: { reason: string; message: string };
}

const restartingOf = (pod: Pod, observed: ObservedPod, ids: ReadonlySet<string>): Set<string> =>
  new Set(pod.spec.containers.map(({ name }) => name).filter((name) => ids.has(newestOf(observed, name)?.id ?? '')));

const byName = (a: ContainerStatus, b: ContainerStatus): number => (a.name < b.name ? -1 : 1);

/** What the kubelet reports of a pod; pure. `pod.status` is what was reported before. */
export function podStatus(pod: Pod, observed: ObservedPod, input: PodStatusInput): PodStatus {
  const old = pod.status ?? {};
  const init: ContainerStatus[] = [];
  const apps: ContainerStatus[] = [];
  const ephemeral: ContainerStatus[] = [];
  for (const each of containersOf(pod)) {
    const list = each.kind === 'app' ? apps : each.kind === 'ephemeral' ? ephemeral : init;
    list.push(containerStatus(pod, each, observed, input));
  }
  apps.sort(byName);
  let phase = input.failed ? 'Failed' : podPhase(pod, init, apps, input.finished, restartingOf(pod, observed, input.restarting));
  // What has ended stays ended.
  if (old.phase === 'Succeeded' || old.phase === 'Failed') phase = old.phase;
  const sandbox = readySandbox(observed);
  const ips = pod.spec.hostNetwork ? [input.nodeIp] : sandboxIps(sandbox);
  const shownIps = ips.length > 0 ? ips : (old.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
  const hasSandbox = sandbox !== undefined && (pod.spec.hostNetwork || ips.length > 0) === true;
  return {
    phase,
    reason: input.failed?.reason ?? (phase === 'Failed' ? old.reason : undefined),
    message: input.failed?.message ?? (phase === 'Failed' ? old.message : undefined),
    observedGeneration: pod.metadata.generation,
    conditions: podConditions(
      pod,
      init,
      apps,
      phase,
      hasSandbox,
      [...resizeConditions(input.resize), ...(input.disruption ? [input.disruption] : [])],
      old.conditions ?? [],
      input.now,
    ),
    hostIP: input.nodeIp,
    hostIPs: [{ ip: input.nodeIp }],
    podIP: shownIps[0],
    podIPs: shownIps.length > 0 ? shownIps.map((ip) => ({ ip })) : undefined,
    startTime: old.startTime ?? formatTime(input.now),
    initContainerStatuses: init.length > 0 ? init : undefined,
    containerStatuses: apps,
    ephemeralContainerStatuses: ephemeral.length > 0 ? ephemeral : undefined,
    qosClass: old.qosClass ?? qosClass(pod),
  };
}
