import { type ContainerdCommand, containerdCommand, importImage, type ProcessSpec, writeBuiltinImages } from '@windlass/host';
import type { NodeDaemonConfig } from '@windlass/node-daemon';
import type { Logger } from '@windlass/platform';
import { daemonStopMs } from './kubelet-settings.ts';
import { ensureMachines } from './machines.ts';
import { cgroupOf, type NodePlan, planNodes, systemAddresses } from './nodes.ts';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';
import { type ClusterPki, ensureNodePki, ensurePki } from './pki.ts';
import { application, filesOf } from './processes.ts';

/** Per node: containerd, then (with the built-in images loaded) the node daemon; both inside the node's network namespace. */
export async function* nodeProcesses(options: ClusterOptions, logger: Logger): AsyncGenerator<ProcessSpec[]> {
  const plans = planNodes(options);
  const archives = writeBuiltinImages(clusterPaths(options.stateDir).images);
  const prefixes = await ensureMachines(options, plans);
  const nodes = await Promise.all(
    plans.map(async (plan) => ({ plan, prefix: prefixes.get(plan.name)!, runtime: await runtimeOf(options, plan) })),
  );
  logger.info({ nodes: plans.length }, 'starting nodes');
  yield nodes.map(({ plan, prefix, runtime }) => containerd(options, plan, runtime, prefix));
  const images = await archives;
  await Promise.all(nodes.map(async ({ runtime }) => Promise.all(images.map(({ file }) => importImage(runtime.socket, file)))));
  const pki = await ensurePki(options);
  yield await Promise.all(nodes.map(({ plan, prefix, runtime }) => daemon(options, pki, plan, runtime, prefix)));
}

function runtimeOf(options: ClusterOptions, plan: NodePlan): Promise<ContainerdCommand> {
  const paths = clusterPaths(options.stateDir).node(plan.name);
  return containerdCommand({ directory: paths.containerd, cniConfDir: paths.cni });
}

function containerd(options: ClusterOptions, plan: NodePlan, runtime: ContainerdCommand, prefix: readonly string[]): ProcessSpec {
  const [command, ...args] = [...prefix, runtime.command, ...runtime.args];
  const name = `${plan.name}-containerd`;
  return {
    name,
    command: command!,
    args,
    ...filesOf(options, name),
    prepare: () => runtime.prepare(),
    ready: () => runtime.ready(),
  };
}

async function daemon(
  options: ClusterOptions,
  pki: ClusterPki,
  plan: NodePlan,
  runtime: ContainerdCommand,
  prefix: readonly string[],
): Promise<ProcessSpec> {
  const paths = clusterPaths(options.stateDir).node(plan.name);
  const { kubeconfig, proxyKubeconfig, files } = await ensureNodePki(options, pki, plan);
  const config: NodeDaemonConfig = {
    nodeName: plan.name,
    kubeconfig,
    proxyKubeconfig,
    stateDir: paths.daemon,
    containerdSocket: runtime.socket,
    nodeIp: plan.ip,
    clusterCidr: options.podCidr,
    serviceCidr: options.serviceCidr,
    clusterDnsIp: systemAddresses(options).dns,
    clusterDomain: options.clusterDomain,
    pki: files,
    cgroupRoot: `${cgroupOf(options)}/${plan.name}`,
    cniConfDir: paths.cni,
    logging: options.logging,
    kubelet: options.kubelet,
  };
  const process = application(options, `${plan.name}-daemon`, config, 'node-daemon', prefix);
  return { ...process, stopGraceMs: daemonStopMs(options.kubelet) };
}
