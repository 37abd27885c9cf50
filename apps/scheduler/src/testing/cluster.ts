import { emptyNode } from '../place/node-state.ts';
import type { Cluster, NodeState, PodFacts } from '../place/types.ts';
import type { VolumeView } from '../place/volumes.ts';

export const GiB = 1024 ** 3;

/** A node of 2 CPUs and 4 GiB for specs. */
export const node = (name: string, { labels, ...more }: Partial<NodeState['facts']> = {}): NodeState =>
  emptyNode({
    name,
    labels: { 'kubernetes.io/hostname': name, ...labels },
    taints: [],
    unschedulable: false,
    allocatable: { cpu: 2000, memory: 4 * GiB, pods: 110 },
    images: new Map(),
    ...more,
  });

let count = 0;
export const pod = (more: Partial<PodFacts> = {}): PodFacts => ({
  uid: `u${count++}`,
  namespace: 'default',
  name: 'p',
  labels: {},
  priority: 0,
  requests: {},
  nodeName: undefined,
  nodeSelector: undefined,
  affinity: undefined,
  tolerations: [],
  hostPorts: [],
  images: [],
  controller: undefined,
  topologySpread: [],
  claims: [],
  preempts: true,
  nominatedNode: undefined,
  terminating: false,
  preempted: false,
  startedAt: 0,
  ...more,
});

const noVolumes: VolumeView = {
  claim: () => undefined,
  volume: () => undefined,
  volumes: () => [],
  storageClass: () => undefined,
  assumedVolume: () => undefined,
  assumedNode: () => undefined,
  taken: new Set<string>(),
  assume: () => {},
};

export const cluster = (nodes: readonly NodeState[], more: Partial<Cluster> = {}): Cluster => ({
  nodes,
  namespaces: new Map(),
  volumes: noVolumes,
  budgets: [],
  ...more,
});
