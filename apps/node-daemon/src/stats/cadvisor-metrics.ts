import { exposition, type Family, type Series } from './prometheus.ts';
import type { Measured, NodeSample } from './sample.ts';

const NANO = 1e9;

interface Group {
  labels: Record<string, string>;
  usage: Measured;
  startedAt?: number;
}

/** Every group that is measured: the root, pods and containers, labelled as cAdvisor labels them. */
function groupsOf(node: NodeSample, cgroup: string): Group[] {
  const label = (id: string, pod = '', namespace = '', container = '', image = '', name = '') => ({
    container,
    id,
    image,
    name,
    namespace,
    pod,
  });
  return [
    { labels: label('/'), usage: node.usage },
    ...node.pods.flatMap(({ pod, usage, containers }) => {
      const { uid, name, namespace } = pod.metadata;
      const id = `${cgroup}/pod${uid}`;
      return [
        ...(usage ? [{ labels: label(id, name, namespace), usage }] : []),
        ...containers.map((each) => ({
          labels: label(`${id}/${each.id}`, name, namespace, each.name, each.image, each.id),
          usage: each.usage,
          startedAt: each.startedAt,
        })),
      ];
    }),
  ];
}

/** /metrics/cadvisor: the container families that dashboards and alerts read (cAdvisor's prometheus.md). */
export function cadvisorMetrics(node: NodeSample, cgroup: string, cores: number): string {
  const groups = groupsOf(node, cgroup);
  const series = (value: (usage: Measured) => number, more: Record<string, string> = {}): Series[] =>
    groups.map(({ labels, usage }) => ({ labels: { ...labels, ...more }, value: value(usage), time: usage.time }));
  const network = (value: (each: NodeSample['interfaces'][number]) => number): Series[] =>
    node.pods.flatMap(({ pod, interfaces }) =>
      interfaces.map((each) => ({
        labels: {
          id: `${cgroup}/pod${pod.metadata.uid}`,
          interface: each.name,
          namespace: pod.metadata.namespace!,
          pod: pod.metadata.name!,
        },
        value: value(each),
        time: node.time,
      })),
    );
  const counter = (name: string, help: string, all: Series[]): Family => ({ name, help, type: 'counter', series: all });
  const gauge = (name: string, help: string, all: Series[]): Family => ({ name, help, type: 'gauge', series: all });
  return exposition([
    counter(
      'container_cpu_usage_seconds_total',
      'Cumulative cpu time consumed in seconds.',
      series(({ cpuNanos }) => cpuNanos / NANO, { cpu: 'total' }),
    ),
    counter(
      'container_cpu_cfs_periods_total',
      'Number of elapsed enforcement period intervals.',
      series(({ periods }) => periods),
    ),
    counter(
      'container_cpu_cfs_throttled_periods_total',
      'Number of throttled period intervals.',
      series(({ throttledPeriods }) => throttledPeriods),
    ),
    counter(
      'container_cpu_cfs_throttled_seconds_total',
      'Total time duration the container has been throttled.',
      series(({ throttledNanos }) => throttledNanos / NANO),
    ),
    gauge(
      'container_memory_usage_bytes',
      'Current memory usage in bytes, including all memory regardless of when it was accessed',
      series(({ memoryBytes }) => memoryBytes),
    ),
    gauge(
      'container_memory_working_set_bytes',
      'Current working set in bytes.',
      series(({ workingSetBytes }) => workingSetBytes),
    ),
    gauge(
      'container_memory_rss',
      'Size of RSS in bytes.',
      series(({ rssBytes }) => rssBytes),
    ),
    gauge(
      'container_processes',
      'Number of processes running inside the container.',
      series(({ pids }) => pids),
    ),
    gauge(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds.',
      groups.flatMap(({ labels, startedAt }) => (startedAt ? [{ labels, value: startedAt / 1000 }] : [])),
    ),
    counter(
      'container_network_receive_bytes_total',
      'Cumulative count of bytes received',
      network(({ rxBytes }) => rxBytes),
    ),
    counter(
      'container_network_receive_errors_total',
      'Cumulative count of errors encountered while receiving',
      network(({ rxErrors }) => rxErrors),
    ),
    counter(
      'container_network_transmit_bytes_total',
      'Cumulative count of bytes transmitted',
      network(({ txBytes }) => txBytes),
    ),
    counter(
      'container_network_transmit_errors_total',
      'Cumulative count of errors encountered while transmitting',
      network(({ txErrors }) => txErrors),
    ),
    gauge('machine_cpu_cores', 'Number of logical CPU cores.', [{ labels: {}, value: cores }]),
    gauge('machine_memory_bytes', 'Amount of memory installed on the machine.', [
      { labels: {}, value: node.memoryCapacityBytes },
    ]),
  ]);
}
