import { exposition, type Family, type Series } from './prometheus.ts';
import type { ContainerSample, Measured, NodeSample, PodSample } from './sample.ts';

const NANO = 1e9;
type Read = (usage: Measured) => number;
const cpuSeconds: Read = ({ cpuNanos }) => cpuNanos / NANO;
const workingSet: Read = ({ workingSetBytes }) => workingSetBytes;

const podLabels = ({ pod }: PodSample) => ({ namespace: pod.metadata.namespace!, pod: pod.metadata.name! });

/** /metrics/resource, with the names and help texts of the kubelet (pkg/kubelet/metrics/collectors/resource_metrics.go). */
export function resourceMetrics(node: NodeSample): string {
  const ofContainers = (value: (sample: ContainerSample) => number, timed = true): Series[] =>
    node.pods.flatMap((pod) =>
      pod.containers.map((each) => ({
        labels: { container: each.name, ...podLabels(pod) },
        value: value(each),
        time: timed ? each.usage.time : undefined,
      })),
    );
  const ofPods = (read: Read): Series[] =>
    node.pods.flatMap((pod) => (pod.usage ? [{ labels: podLabels(pod), value: read(pod.usage), time: pod.usage.time }] : []));
  const ofNode = (read: Read): Series[] => [{ labels: {}, value: read(node.usage), time: node.usage.time }];
  const family = (name: string, type: Family['type'], help: string, series: Series[]): Family => ({
    name,
    type,
    help: `[STABLE] ${help}`,
    series,
  });
  return exposition([
    family(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
      ofContainers(({ usage }) => cpuSeconds(usage)),
    ),
    family(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set of the container in bytes',
      ofContainers(({ usage }) => workingSet(usage)),
    ),
    family(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      ofContainers(({ startedAt }) => startedAt / 1000, false),
    ),
    family(
      'node_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the node in core-seconds',
      ofNode(cpuSeconds),
    ),
    family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', ofNode(workingSet)),
    family(
      'pod_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the pod in core-seconds',
      ofPods(cpuSeconds),
    ),
    family('pod_memory_working_set_bytes', 'gauge', 'Current working set of the pod in bytes', ofPods(workingSet)),
    family('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
      { labels: {}, value: 0 },
    ]),
  ]);
}
