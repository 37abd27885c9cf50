import type { Affinity, LabelSelector, Pod, Taint, Toleration } from '@windlass/resources';
import type { VolumeView } from './volumes.ts';

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

/** A claim that a pod refers to. */
export interface PodClaim {
  /** `namespace/name` */
  key: string;
  name: string;
  /** Of a generic ephemeral volume: the pod must own it. */
  ephemeral: boolean;
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
  claims: readonly PodClaim[];
  /** May push out others (preemptionPolicy). */
  preempts: boolean;
  /** Node that was cleared for the pod by preemption. */
  nominatedNode: string | undefined;
  /** Is being deleted. */
  terminating: boolean;
  /** Is being deleted to make room for a pod of higher priority. */
  preempted: boolean;
  /** Milliseconds since 1970 of status.startTime; now-ish for a pod that has not started. */
  startedAt: number;
}

/** A node and the pods on it, placed ones of the running wave included. */
export interface NodeState {
  facts: NodeFacts;
  pods: Map<string, PodFacts>;
  requested: Record<string, number>;
  /** CPU and memory with something assumed for pods that request nothing. */
  nonzero: { cpu: number; memory: number };
  /** Pods with affinity or anti-affinity to other pods. */
  affine: Map<string, PodFacts>;
  /** Pods per controller uid. */
  siblings: Map<string, number>;
  /** Pods that wait for room here which preemption is making. */
  nominated: Map<string, PodFacts>;
}

/** Namespace labels, for namespaceSelector. */
export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** policy/v1 PodDisruptionBudget as preemption sees it. */
export interface Budget {
  namespace: string;
  selector: LabelSelector | undefined;
  allowed: number;
  /** Names of pods whose eviction is counted already. */
  disrupted: ReadonlySet<string>;
}

/** Everything that placement looks at. Nodes and volumes carry books that placements change. */
export interface Cluster {
  nodes: readonly NodeState[];
  namespaces: NamespaceLabels;
  volumes: VolumeView;
  budgets: readonly Budget[];
}

/** Why a node is not possible. */
export interface Refusal {
  /** In kube-scheduler's words. */
  reasons: readonly string[];
  /** Whether it could become possible without some of its pods (Unschedulable, not UnschedulableAndUnresolvable). */
  resolvable: boolean;
}
