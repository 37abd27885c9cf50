import { type NodeContext, podCgroup } from '../pod/node-context.ts';
import { instancesOf, nanosToMs, readySandbox } from '../pod/observed.ts';
import { containersOf } from '../pod/spec.ts';
import { keptVolumePath } from '../volumes/pod-volumes.ts';
import type { ContainerRef, NodeRuntime } from './node-runtime.ts';
import type { PodManager } from './pod-manager.ts';

const STATES = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
} as const;

/** The view of pods that the kubelet API works with. */
export function createNodeRuntime(ctx: NodeContext, manager: PodManager): NodeRuntime {
  return {
    nodeName: ctx.nodeName,
    nodeIp: ctx.nodeIp,
    cri: ctx.cri,
    client: ctx.client,
    podLogsDir: ctx.paths.logs,
    stateDir: ctx.paths.root,
    cgroup: ctx.cgroup,
    pods: () => manager.pods(),
    podByName: (namespace, name) => manager.byName(namespace, name),
    podByUid: (uid) => manager.byUid(uid),
    observed: (uid) => ctx.cache.get(uid),
    sandboxOf: (uid) => readySandbox(ctx.cache.get(uid) ?? { sandboxes: [], containers: [] })?.id,
    volumePath(uid, name) {
      const volume = manager.byUid(uid)?.spec.volumes?.find((each) => each.name === name);
      return volume && keptVolumePath(ctx.paths, uid, volume);
    },
    podCgroup: (uid) => podCgroup(ctx, uid),
    containerCgroup: (uid, id) => podCgroup(ctx, uid).child(id),
    containerOf(namespace, name, container, { previous = false } = {}): ContainerRef | undefined {
      const pod = manager.byName(namespace, name);
      const observed = pod && ctx.cache.get(pod.metadata.uid!);
      if (!pod || !observed) return undefined;
      const found = instancesOf(observed, container)[previous ? 1 : 0];
      if (!found) return undefined;
      const spec = containersOf(pod).find((each) => each.container.name === container)?.container;
      return {
        id: found.id,
        name: container,
        podUid: pod.metadata.uid!,
        sandboxId: found.sandboxId,
        attempt: found.metadata.attempt,
        state: STATES[found.state],
        logPath: found.logPath,
        createdAt: nanosToMs(found.createdAt),
        startedAt: nanosToMs(found.startedAt),
        finishedAt: nanosToMs(found.finishedAt),
        exitCode: found.exitCode,
        tty: spec?.tty ?? false,
        stdin: spec?.stdin ?? false,
      };
    },
  };
}
