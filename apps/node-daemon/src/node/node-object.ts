import type { CriImage } from '@windlass/host';
import { Quantity } from '@windlass/meta';
import type { ContainerImage, Node, NodeStatus } from '@windlass/resources';
import type { NodeDaemonConfig } from '../config.ts';
import { amountOf, parseThresholds, type Signal } from '../eviction/thresholds.ts';
import type { Machine } from './machine.ts';

export const VERSION = 'v1.36.0';
const DEFAULT_MAX_PODS = 110;
const MAX_IMAGES = 50;

const ki = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;

/** What the node has, and what pods may use of it: less the hard eviction thresholds. */
export function nodeResources(
  config: NodeDaemonConfig,
  machine: Machine,
): Required<Pick<NodeStatus, 'capacity' | 'allocatable'>> {
  const cpu = Quantity.ofMilli(config.capacity?.cpuMillis ?? machine.cpuMillis).toString();
  const memory = config.capacity?.memoryBytes ?? machine.memoryBytes;
  const hard = parseThresholds(config.kubelet ?? {}).filter(({ isHard }) => isHard);
  const kept = (signal: Signal, capacity: number): number => {
    const threshold = hard.find((each) => each.signal === signal);
    return threshold ? amountOf(threshold.value, capacity) : 0;
  };
  const shared = { cpu, 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: String(config.maxPods ?? DEFAULT_MAX_PODS) };
  return {
    capacity: { ...shared, memory: ki(memory), 'ephemeral-storage': ki(machine.ephemeralBytes) },
    allocatable: {
      ...shared,
      memory: ki(Math.max(0, memory - kept('memory.available', memory))),
      'ephemeral-storage': String(machine.ephemeralBytes - kept('nodefs.available', machine.ephemeralBytes)),
    },
  };
}

export const nodeImages = (images: readonly CriImage[]): ContainerImage[] =>
  images
    .map(({ repoTags, repoDigests, size }) => ({ names: [...repoDigests, ...repoTags].slice(0, 5), sizeBytes: size }))
    .filter(({ names }) => names.length > 0)
    .sort((a, b) => b.sizeBytes - a.sizeBytes || (a.names[0]! < b.names[0]! ? -1 : 1))
    .slice(0, MAX_IMAGES);

export function nodeLabels(config: NodeDaemonConfig, machine: Machine): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': machine.architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': machine.architecture,
    'kubernetes.io/hostname': config.nodeName,
    'kubernetes.io/os': 'linux',
    ...config.labels,
  };
}

/** The parts of the status that hardly change. */
export function nodeFacts(config: NodeDaemonConfig, machine: Machine, runtimeVersion: string, kubeletPort: number): NodeStatus {
  return {
    ...nodeResources(config, machine),
    addresses: [
      { type: 'InternalIP', address: config.nodeIp },
      { type: 'Hostname', address: config.nodeName },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: runtimeVersion,
      kubeletVersion: VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: machine.architecture,
    },
  };
}

export const newNode = (config: NodeDaemonConfig, machine: Machine, status: NodeStatus): Node => ({
  metadata: {
    name: config.nodeName,
    labels: nodeLabels(config, machine),
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
  },
  spec: config.registerWithTaints?.length ? { taints: config.registerWithTaints } : {},
  status,
});
