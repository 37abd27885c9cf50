import { type DaemonSet, matchesNodeSelector, type Node, tolerates } from '@windlass/resources';
import { daemonTolerations } from './pod.ts';

export interface Placement {
  /** A pod is to be there. */
  run: boolean;
  /** One that is there may stay. */
  stay: boolean;
}

/** Whether a node is to have a pod of the set (daemon_controller.go NodeShouldRunDaemonPod). */
export function placementOf(set: DaemonSet, node: Node): Placement {
  const spec = set.spec.template.spec;
  const named = !spec?.nodeName || spec.nodeName === node.metadata.name;
  const identity = { name: node.metadata.name!, labels: node.metadata.labels ?? {} };
  if (!named || !matchesNodeSelector(spec ?? {}, identity)) return { run: false, stay: false };
  const tolerations = daemonTolerations(set);
  const untolerated = (node.spec?.taints ?? []).filter((taint) => !tolerations.some((t) => tolerates(t, taint)));
  return {
    run: untolerated.every(({ effect }) => effect === 'PreferNoSchedule'),
    stay: untolerated.every(({ effect }) => effect !== 'NoExecute'),
  };
}
