/**
 * node-daemon: everything that runs on a node: pod workers over CRI, volumes, probes, status, the kubelet API, and (network, dns, logs)
 * what pods see of the cluster. It talks to the API server and to its containerd, and to no other component. Start reading at start.ts.
 */
export type { NodeDaemonConfig } from './config.ts';
export type { KubeletSettings } from './kubelet-settings.ts';
export { shutdownMs } from './shutdown/periods.ts';
export { type NodeDaemon, startNodeDaemon } from './start.ts';
