import { ensureMachines as ensureNamespaces, removeMachines as removeNamespaces } from '@windlass/host';
import type { NodePlan } from './nodes.ts';
import type { ClusterOptions } from './options.ts';

/** A network namespace per node on one bridge. @returns per node, what to put before a command line to run it there */
export async function ensureMachines(options: ClusterOptions, plans: readonly NodePlan[]): Promise<Map<string, string[]>> {
  const { name: cluster, underlayCidr, serviceCidr, podCidr } = options;
  const machines = await ensureNamespaces({ cluster, underlayCidr, serviceCidr, podCidr }, plans);
  return new Map(machines.map(({ name, prefix }) => [name, prefix]));
}

export const removeMachines = (options: ClusterOptions): Promise<void> => removeNamespaces(options.name);
