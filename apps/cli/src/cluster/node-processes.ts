import type { ProcessSpec } from '@windlass/host';
import { containerdCommand } from '@windlass/host';
import type { NodeDaemonConfig } from '@windlass/node-daemon';
import type { Logger } from '@windlass/platform';
import { importImage, writeBuiltinImages } from '../images/builtin.ts';
import { application, filesOf } from './control-plane.ts';
import { ensureMachines } from './machines.ts';
import { type NodePlan, planNodes, systemAddresses } from './nodes.ts';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';
import { ensureNodePki, ensurePki } from './pki.ts';
import { cgroupOf } from './prepare.ts';

/** Per node: containerd, then (with the built-in images loaded) the node daemon; both inside the node's network namespace. */
export async function* nodeProcesses(options: ClusterOptions, logger: Logger): AsyncGenerator<ProcessSpec[]> {
  const plans = planNodes(options);
  const prefixes = await ensureMachines(options, plans);
  const archives = writeBuiltinImages(clusterPaths(options.stateDir).images);
  const containerds = await Promise.all(plans.map((plan) => containerd(options, plan, prefixes.get(plan.name)!)));
  logger.info({ nodes: plans.length }, 'starting nodes');
  yield containerds.map(({ spec }) => spec);
  const images = await archives;
  await Promise.all(containerds.map(async ({ socket }) => Promise.all(images.map(({ file }) => importImage(socket, file)))));
  yield await Promise.all(plans.map((plan, i) => daemon(options, plan, containerds[i]!.socket, prefixes.get(plan.name)!)));
}
