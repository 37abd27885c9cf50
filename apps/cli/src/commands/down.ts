import { existsSync, rmSync } from 'node:fs';
import { endProcess, findProcesses, mountsBelow, removeCgroups, removeNodeNetwork, run } from '@windlass/host';
import { agentCgroup, savedAgent } from '../agent/options.ts';
import { agentNetwork } from '../agent/processes.ts';
import { daemonStopMs } from '../cluster/kubelet-settings.ts';
import { removeMachines } from '../cluster/machines.ts';
import { cgroupOf } from '../cluster/nodes.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { runningSupervisor, savedOptions } from '../cluster/state.ts';

/**
 * Stops the cluster and removes processes, mounts, network namespaces, links and cgroups, also those that a crash left behind. The state
 * directory stays (the next `up` finds its objects again) unless `purge`.
 */
export async function down(stateDir: string, purge: boolean, say: (line: string) => void): Promise<void> {
  const options = savedOptions(stateDir);
  const agent = savedAgent(stateDir);
  if (!options && !agent) {
    say(`no cluster in ${stateDir}`);
    return;
  }
  const supervisor = runningSupervisor(stateDir);
  if (supervisor) await endProcess(supervisor, 60_000 + daemonStopMs((options ?? agent)?.kubelet));
  const cgroup = options ? cgroupOf(options) : agentCgroup(agent!);
  // Shims and containers outlive containerd, and everything outlives a killed supervisor.
  const belongs = (facts: { commandLine: string; cgroups: string[] }) =>
    facts.commandLine.includes(`${stateDir}/`) || facts.cgroups.some((path) => path.startsWith(`${cgroup}/`) || path === cgroup);
  const own = new Set([process.pid, process.ppid]);
  for (let round = 0; round < 10; round++) {
    const left = findProcesses((facts) => !own.has(facts.pid) && belongs(facts) && !facts.commandLine.includes(' down '));
    if (left.length === 0) break;
    await Promise.all(left.map((id) => endProcess(id, round === 0 ? 200 : 0)));
  }
  if (options) await removeMachines(options);
  const network = agent && agentNetwork(agent);
  if (network) await removeNodeNetwork(network);
  for (const mount of mountsBelow(stateDir)) await run('umount', ['--lazy', mount], { okCodes: 'any' });
  const stuck = removeCgroups(cgroup.replace(/^\//, ''));
  if (stuck.length > 0) throw new Error(`cgroups still in use: ${stuck.join(' ')}`);
  rmSync(clusterPaths(stateDir).status, { force: true });
  if (purge && existsSync(stateDir)) rmSync(stateDir, { recursive: true, force: true });
  say(options ? `cluster ${options.name} is down` : `node ${agent!.nodeName} is down`);
}
