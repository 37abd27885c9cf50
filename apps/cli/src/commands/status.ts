import { isAlive, processId } from '@windlass/host';
import type { Node } from '@windlass/resources';
import { adminClient, isReady, NODES } from '../cluster/api.ts';
import { readStatus, runningSupervisor, savedOptions } from '../cluster/state.ts';

/** Prints what runs. @returns the exit code: 0 when everything runs, 1 otherwise */
export async function status(stateDir: string, say: (line: string) => void): Promise<number> {
  const options = savedOptions(stateDir);
  if (!options || !runningSupervisor(stateDir)) {
    say(`no cluster runs in ${stateDir}`);
    return 1;
  }
  const processes = readStatus(stateDir)?.processes ?? [];
  let sound = true;
  for (const { name, pid, restarts } of processes) {
    const id = pid === undefined ? undefined : processId(pid);
    const running = id !== undefined && isAlive(id);
    sound &&= running;
    say(`${name.padEnd(24)} ${running ? `pid ${pid}` : 'not running'}${restarts ? `, restarted ${restarts} times` : ''}`);
  }
  const client = adminClient(stateDir);
  try {
    for (const node of (await client.resource<Node>(NODES).list({ timeoutMs: 5000 })).items) {
      sound &&= isReady(node);
      say(`${`node ${node.metadata.name}`.padEnd(24)} ${isReady(node) ? 'Ready' : 'NotReady'}`);
    }
  } catch (error) {
    say(`API server: ${(error as Error).message}`);
    sound = false;
  } finally {
    client.close();
  }
  return sound ? 0 : 1;
}
