import type { Taint } from '@windlass/resources';
import type { KubeletSettings } from './kubelet-settings.ts';
import type { LoggingConfig } from './logs/index.ts';

/** The node daemon's configuration file. Paths are absolute. */
export interface NodeDaemonConfig {
  nodeName: string;
  /** Kubeconfig file of the node itself, `system:node:NAME`. */
  kubeconfig: string;
  /** Of the part that follows all nodes, services and namespaces: overlay, service proxy, DNS. Default `kubeconfig`. */
  proxyKubeconfig?: string;
  /** This node's directory: pods, logs, positions. */
  stateDir: string;
  /** CRI endpoint, a unix socket. */
  containerdSocket: string;
  nodeIp: string;
  /** Absent: wait for node.spec.podCIDR. */
  podCidr?: string;
  clusterCidr: string;
  serviceCidr: string;
  clusterDnsIp: string;
  clusterDomain: string;
  upstreamDns?: string[];
  /** Default 10250. 0: any free port. */
  kubeletPort?: number;
  /** The kubelet API's serving certificate; callers' certificates must be signed by `caFile`. */
  pki: { caFile: string; certFile: string; keyFile: string };
  /** Default `/windlass-<nodeName>`. */
  cgroupRoot?: string;
  labels?: Record<string, string>;
  /** Taints that the node gets when it registers, not later (the kubelet's registerWithTaints). */
  registerWithTaints?: Taint[];
  /** Default 110. */
  maxPods?: number;
  /** Processes per pod. Default 4096. */
  podPidsLimit?: number;
  cniConfDir: string;
  cniBinDir?: string;
  /** What this node offers; default what the machine has. Several nodes on one machine share it otherwise. */
  capacity?: { cpuMillis?: number; memoryBytes?: number };
  logging?: LoggingConfig;
  /** What of a kubelet's configuration differs from its defaults. */
  kubelet?: KubeletSettings;
  /** How long a network namespace or address that no sandbox has must be seen before it is taken back. Default 300. */
  staleNetworkSeconds?: number;
  /** false: leave pod network, service proxy and DNS alone (tests, other CNI). Default true. */
  network?: boolean;
}
