import type { Affinity, Pod, Taint, Toleration } from '@windlass/resources';

/** Amounts by resource name. CPU in millicores, memory and storage in bytes, everything else in whole units. */
export type Amounts = Readonly<Record<string, number>>;

/** What placement needs of a node; built once per node change. */
export interface NodeFacts {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  unschedulable: boolean;
  allocatable: Amounts;
  /** Image names and digests → size in bytes. */
  images: ReadonlyMap<string, number>;
}

/** What placement needs of a pod; built once per pod. */
export interface PodFacts {
  uid: string;
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  priority: number;
  requests: Amounts;
  nodeName: string | undefined;
  nodeSelector: Readonly<Record<string, string>> | undefined;
  affinity: Affinity | undefined;
  tolerations: readonly Toleration[];
  /** `protocol/hostIP/port` of every host port. */
  hostPorts: readonly string[];
  images: readonly string[];
  /** uid of the controller, by which replicas are spread. */
  controller: string | undefined;
  topologySpread: NonNullable<Pod['spec']['topologySpreadConstraints']>;
}

/** A node and the pods on it, placed ones of the running wave included. */
export interface NodeState {
  facts: NodeFacts;
  pods: Map<string, PodFacts>;
  requested: Record<string, number>;
}
