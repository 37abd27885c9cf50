import { ageOf, type Column } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { ContainerStatus, Pod } from '../types.gen.ts';

const NODE_LOST = 'NodeLost';
const NONE = '<none>';

/** Reasons of a pod's readiness condition that its status column names (KEP-753: completed although sidecars still run). */
const isInitialized = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Initialized' && value === 'True') ?? false;

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;

interface Summary {
  ready: number;
  total: number;
  restarts: number;
  lastRestart: string;
  reason: string;
}

const later = (a: string, b: string | null | undefined): string => (b && Date.parse(b) > (Date.parse(a) || 0) ? b : a);

const exitText = ({ signal, exitCode }: { signal?: number; exitCode: number }): string =>
  signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;

/** The reason of the first init container that has not done its part, if any. */
function initReason(pod: Pod, sidecars: ReadonlySet<string>, summary: Summary): string | undefined {
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, status] of statuses.entries()) {
    const { terminated, waiting } = status.state ?? {};
    summary.restarts += status.restartCount;
    summary.lastRestart = later(summary.lastRestart, status.lastState?.terminated?.finishedAt);
    const sidecar = sidecars.has(status.name);
    if (terminated?.exitCode === 0 && !sidecar) continue;
    if (sidecar && status.started) {
      if (status.ready) summary.ready++;
      continue;
    }
    if (terminated) return `Init:${terminated.reason || exitText(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${i}/${pod.spec.initContainers?.length ?? 0}`;
  }
  return undefined;
}

function stateReason({ state, ready }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason;
  if (state?.terminated) return state.terminated.reason || exitText(state.terminated);
  return ready && state?.running ? '' : undefined;
}

/** What kubectl's STATUS shows; `''` of {@link stateReason} means that something runs. */
function summarize(pod: Pod): Summary {
  const { spec, status } = pod;
  const sidecars = new Set((spec.initContainers ?? []).flatMap((c) => (c.restartPolicy === 'Always' ? [c.name] : [])));
  const summary: Summary = {
    ready: 0,
    total: (spec.containers?.length ?? 0) + sidecars.size,
    restarts: 0,
    lastRestart: '',
    reason: status?.reason || status?.phase || '',
  };
  const gated = status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  if (gated) summary.reason = 'SchedulingGated';
  const sidecarRestarts = summary;
  const initializing = initReason(pod, sidecars, sidecarRestarts);
  if (initializing !== undefined) summary.reason = initializing;
  if (initializing === undefined || isInitialized(pod)) summarizeContainers(pod, sidecars, summary);
  if (pod.metadata.deletionTimestamp && status?.reason === NODE_LOST) summary.reason = 'Unknown';
  else if (pod.metadata.deletionTimestamp && !TERMINAL.has(status?.phase ?? '')) summary.reason = 'Terminating';
  return summary;
}

const TERMINAL: ReadonlySet<string> = new Set(['Failed', 'Succeeded']);

function summarizeContainers(pod: Pod, sidecars: ReadonlySet<string>, summary: Summary): void {
  // Restarts of sidecars count on; those of finished init containers do not.
  summary.restarts = 0;
  summary.lastRestart = '';
  for (const { name, restartCount, lastState } of pod.status?.initContainerStatuses ?? []) {
    if (!sidecars.has(name)) continue;
    summary.restarts += restartCount;
    summary.lastRestart = later(summary.lastRestart, lastState?.terminated?.finishedAt);
  }
  let running = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    summary.restarts += status.restartCount;
    summary.lastRestart = later(summary.lastRestart, status.lastState?.terminated?.finishedAt);
    const reason = stateReason(status);
    if (reason) summary.reason = reason;
    else if (reason === '') {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason === 'Completed' && running) summary.reason = isReady(pod) ? 'Running' : 'NotReady';
}

function restartsText(pod: Pod, now: Date): string {
  const { restarts, lastRestart } = summarize(pod);
  return restarts > 0 && lastRestart ? `${restarts} (${ageOf(lastRestart, now)} ago)` : String(restarts);
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const isTrue = (type: string) => status?.conditions?.some((c) => c.type === type && c.status === 'True');
  return `${gates.filter(({ conditionType }) => isTrue(conditionType)).length}/${gates.length}`;
}

const readyText = (pod: Pod): string => {
  const { ready, total } = summarize(pod);
  return `${ready}/${total}`;
};

const RESTARTS =
  'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.';

export const podColumns: readonly Column<Pod>[] = [
  nameColumn as Column<Pod>,
  column<Pod>('Ready', 'string', 'The aggregate readiness state of this pod for accepting traffic.', readyText),
  column<Pod>('Status', 'string', 'The aggregate status of the containers in this pod.', (pod) => summarize(pod).reason),
  column<Pod>('Restarts', 'string', RESTARTS, restartsText),
  ageColumn as Column<Pod>,
  column<Pod>('IP', 'string', fieldDoc('core.v1.PodStatus', 'podIP'), ({ status }) => status?.podIPs?.[0]?.ip || NONE, {
    wide: true,
  }),
  column<Pod>('Node', 'string', fieldDoc('core.v1.PodSpec', 'nodeName'), ({ spec }) => spec.nodeName || NONE, { wide: true }),
  column<Pod>(
    'Nominated Node',
    'string',
    fieldDoc('core.v1.PodStatus', 'nominatedNodeName'),
    ({ status }) => status?.nominatedNodeName || NONE,
    { wide: true },
  ),
  column<Pod>('Readiness Gates', 'string', fieldDoc('core.v1.PodSpec', 'readinessGates'), gatesText, { wide: true }),
];
