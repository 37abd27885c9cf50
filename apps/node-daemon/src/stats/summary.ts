import { formatTime } from '@windlass/meta';
import type { DiskUsage, FsCapacity } from './disk-usage.ts';
import type { InterfaceUsage } from './net-dev.ts';
import type { ContainerSample, Measured, NodeSample, PodSample } from './sample.ts';

const time = (ms: number): string => formatTime(new Date(ms));

const cpu = (usage: Measured) => ({
  time: time(usage.time),
  usageNanoCores: usage.cpuNanosPerSecond,
  usageCoreNanoSeconds: usage.cpuNanos,
});

const memory = (usage: Measured, availableOf?: number) => ({
  time: time(usage.time),
  availableBytes: availableOf === undefined ? undefined : Math.max(0, availableOf - usage.workingSetBytes),
  usageBytes: usage.memoryBytes,
  workingSetBytes: usage.workingSetBytes,
  rssBytes: usage.rssBytes,
  pageFaults: usage.pageFaults,
  majorPageFaults: usage.majorPageFaults,
});

function network(interfaces: readonly InterfaceUsage[], at: number) {
  const [first] = interfaces;
  return first && { time: time(at), ...first, interfaces };
}

const filesystem = (fs: FsCapacity | undefined, used: DiskUsage | undefined, at: number) =>
  fs && {
    time: time(at),
    availableBytes: fs.availableBytes,
    capacityBytes: fs.capacityBytes,
    usedBytes: used?.bytes ?? fs.usedBytes,
    inodesFree: fs.inodesFree,
    inodes: fs.inodes,
    inodesUsed: used?.inodes ?? fs.inodesUsed,
  };

const sum = (parts: readonly (DiskUsage | undefined)[]): DiskUsage => ({
  bytes: parts.reduce((total, part) => total + (part?.bytes ?? 0), 0),
  inodes: parts.reduce((total, part) => total + (part?.inodes ?? 0), 0),
});

const container = (sample: ContainerSample, node: NodeSample) => ({
  name: sample.name,
  startTime: time(sample.startedAt),
  cpu: cpu(sample.usage),
  memory: memory(sample.usage),
  rootfs: filesystem(node.imageFs, sample.rootfs, node.time),
  logs: filesystem(node.fs, sample.logs, node.time),
  swap: { time: time(sample.usage.time), swapAvailableBytes: 0, swapUsageBytes: 0 },
});

function pod({ pod, usage, containers, interfaces, volumes }: PodSample, node: NodeSample, full: boolean) {
  const { name, namespace, uid } = pod.metadata;
  const ephemeral = sum([...containers.flatMap(({ rootfs, logs }) => [rootfs, logs]), ...volumes.map((each) => each)]);
  return {
    podRef: { name, namespace, uid },
    startTime: pod.status?.startTime ?? pod.metadata.creationTimestamp,
    containers: containers.map((each) => container(each, node)),
    cpu: usage && cpu(usage),
    memory: usage && memory(usage),
    network: network(interfaces, node.time),
    volume: full
      ? volumes.map(({ name: volume, fs, ...used }) => ({ ...filesystem(fs, used, node.time), name: volume }))
      : undefined,
    'ephemeral-storage': full ? filesystem(node.fs, ephemeral, node.time) : undefined,
    process_stats: usage && { process_count: usage.pids },
  };
}

/** stats.v1alpha1.Summary (k8s.io/kubelet/pkg/apis/stats). @param full false: `?only_cpu_and_memory=true` */
export function summary(node: NodeSample, full: boolean): object {
  return {
    node: {
      nodeName: node.nodeName,
      systemContainers: node.allPods
        ? [{ name: 'pods', startTime: time(node.bootTime), cpu: cpu(node.allPods), memory: memory(node.allPods) }]
        : [],
      startTime: time(node.bootTime),
      cpu: cpu(node.usage),
      memory: memory(node.usage, node.memoryCapacityBytes),
      network: network(node.interfaces, node.time),
      fs: filesystem(node.fs, undefined, node.time),
      runtime: node.imageFs && {
        imageFs: filesystem(node.imageFs, { bytes: node.imageFs.imagesBytes, inodes: node.imageFs.imagesInodes }, node.time),
      },
      rlimit: full ? { time: time(node.time), maxpid: node.processes.max, curproc: node.processes.now } : undefined,
    },
    pods: node.pods.filter(({ usage, containers }) => usage ?? containers.length > 0).map((each) => pod(each, node, full)),
  };
}
