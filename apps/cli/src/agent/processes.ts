import { existsSync, readFileSync } from 'node:fs';
import { type ContainerdCommand, containerdCommand, importImage, type ProcessSpec, writeBuiltinImages } from '@windlass/host';
import type { NodeDaemonConfig } from '@windlass/node-daemon';
import { daemonStopMs } from '../cluster/kubelet-settings.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { application, filesOf } from '../cluster/processes.ts';
import { identityFiles } from './identity.ts';
import type { ClusterNetworks } from './networks.ts';
import { type AgentOptions, agentCgroup } from './options.ts';

export const DAEMON = 'node-daemon';

/** Containerd, then (with the built-in images loaded) the node daemon, in the network namespace of the agent. */
export async function* agentProcesses(options: AgentOptions, networks: ClusterNetworks): AsyncGenerator<ProcessSpec> {
  const paths = clusterPaths(options.stateDir);
  const node = paths.node(options.nodeName);
  const archives = writeBuiltinImages(paths.images);
  const runtime = await containerdCommand({ directory: node.containerd, cniConfDir: node.cni });
  yield containerd(options, runtime);
  for (const { file } of await archives) await importImage(runtime.socket, file);
  const { kubeconfig, serving } = identityFiles(options);
  const config: NodeDaemonConfig = {
    nodeName: options.nodeName,
    kubeconfig,
    stateDir: node.daemon,
    containerdSocket: runtime.socket,
    nodeIp: options.nodeIp,
    ...networks,
    pki: serving,
    cgroupRoot: agentCgroup(options),
    cniConfDir: node.cni,
    labels: options.labels,
    registerWithTaints: options.taints,
    kubelet: options.kubelet,
  };
  yield { ...application(options, DAEMON, config), stopGraceMs: daemonStopMs(options.kubelet) };
}

/** What {@link removeNodeNetwork} needs, from the configuration that the daemon was given. */
export function agentNetwork({ stateDir }: AgentOptions): Pick<NodeDaemonConfig, 'cniConfDir' | 'clusterDnsIp'> | undefined {
  const file = clusterPaths(stateDir).config(DAEMON);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as NodeDaemonConfig) : undefined;
}

const containerd = (options: AgentOptions, runtime: ContainerdCommand): ProcessSpec => ({
  name: 'containerd',
  command: runtime.command,
  args: runtime.args,
  ...filesOf(options, 'containerd'),
  prepare: () => runtime.prepare(),
  ready: () => runtime.ready(),
});
