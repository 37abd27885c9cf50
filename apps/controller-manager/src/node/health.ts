import type { Node, NodeCondition, Taint } from '@windlass/resources';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** The conditions that a silent kubelet leaves unknown. */
const MONITORED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export const readyStatus = (node: Node): string => node.status?.conditions?.find((c) => c.type === 'Ready')?.status ?? 'Unknown';

/** Conditions of a node whose kubelet fell silent; undefined when they say so already. */
export function silentConditions(node: Node, time: string): NodeCondition[] | undefined {
  const conditions = [...(node.status?.conditions ?? [])];
  let changed = false;
  for (const type of MONITORED) {
    const at = conditions.findIndex((c) => c.type === type);
    const had = conditions[at];
    if (!had) {
      const message = 'Kubelet never posted node status.';
      const lastHeartbeatTime = node.metadata.creationTimestamp ?? undefined;
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message,
        lastHeartbeatTime,
        lastTransitionTime: time,
      });
      changed = true;
    } else if (had.status !== 'Unknown') {
      const message = 'Kubelet stopped posting node status.';
      conditions[at] = { ...had, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: time };
      changed = true;
    }
  }
  return changed ? conditions : undefined;
}

const PRESSURE: Record<string, string> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const OURS = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE, ...Object.values(PRESSURE)]);

/** Taints that a node's conditions call for. `evict` false leaves NoExecute taints as they are (every node is down: nowhere to go). */
export function desiredTaints(node: Node, evict: boolean, time: string): Taint[] {
  const present = node.spec?.taints ?? [];
  const ready = readyStatus(node);
  const wanted: Taint[] = [];
  if (ready !== 'True') {
    const key = ready === 'False' ? NOT_READY : UNREACHABLE;
    wanted.push({ key, effect: 'NoSchedule' });
    if (evict) wanted.push({ key, effect: 'NoExecute' });
  }
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = PRESSURE[type];
    if (key && status === 'True') wanted.push({ key, effect: 'NoSchedule' });
  }
  if (node.spec?.unschedulable) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const isOurs = (taint: Taint) =>
    OURS.has(taint.key) && (taint.effect === 'NoSchedule' || taint.key === NOT_READY || taint.key === UNREACHABLE);
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
  const kept = present.filter((taint) => !isOurs(taint) || wanted.some((w) => same(w, taint)));
  const added = wanted.filter((w) => !present.some((taint) => same(taint, w))).map((w) => ({ ...w, timeAdded: time }));
  return [...kept, ...added];
}
