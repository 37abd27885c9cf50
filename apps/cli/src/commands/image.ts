import { access } from 'node:fs/promises';
import path from 'node:path';
import { containerdSocket, importImage } from '@windlass/host';
import { planNodes } from '../cluster/nodes.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { runningSupervisor, savedOptions } from '../cluster/state.ts';

/** Loads an OCI or Docker archive into every node of the running cluster. @throws Error when there is no such file or no cluster */
export async function loadImage(stateDir: string, archive: string, say: (line: string) => void): Promise<void> {
  const file = path.resolve(archive);
  await access(file).catch(() => {
    throw new Error(`image load: ${file}: no such file`);
  });
  const options = savedOptions(stateDir);
  if (!options || !runningSupervisor(stateDir)) throw new Error(`no cluster runs in ${stateDir}: run windlass up first`);
  const paths = clusterPaths(stateDir);
  await Promise.all(
    planNodes(options).map(async ({ name }) => {
      await importImage(containerdSocket(paths.node(name).containerd), file);
      say(`${name}: loaded ${path.basename(file)}`);
    }),
  );
}
