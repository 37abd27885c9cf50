import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { spawnProcess } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { Node } from '@windlass/resources';
import { adminClient, applyManifest, NODES, waitForAnswer, waitForDeployment, waitForNodes } from '../cluster/api.ts';
import type { ClusterOptions } from '../cluster/options.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { readStatus, runningSupervisor, saveOptions } from '../cluster/state.ts';

const EXAMPLE_PORT = 30080;

/** Brings the cluster up, or finds it running, and waits until every node is Ready. @throws Error with the reason and the log to read */
export async function up(options: ClusterOptions, example: boolean, say: (line: string) => void): Promise<void> {
  const paths = clusterPaths(options.stateDir);
  const started = Date.now();
  if (runningSupervisor(options.stateDir)) say(`cluster ${options.name} is running already`);
  else {
    await saveOptions(options);
    rmSync(paths.status, { force: true });
    await spawnProcess(
      process.execPath,
      [...process.execArgv, path.resolve(process.argv[1]!), 'supervise', '--state-dir', options.stateDir],
      {
        logFile: paths.log('supervisor'),
        background: true,
      },
    );
    await untilRunning(options.stateDir, 180);
  }
  const client = adminClient(options.stateDir);
  try {
    await waitForNodes(client, options.nodes, 120);
    say(`${options.nodes} nodes are Ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (example) {
      const manifest = path.resolve(import.meta.dirname, '../manifests/examples/hello.yaml');
      await applyManifest(client, readFileSync(manifest, 'utf8'), 'default');
      await waitForDeployment(client, 'hello', 'default', 120);
      for (const node of (await client.resource<Node>(NODES).list()).items) {
        const ip = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
        const url = `http://${ip}:${EXAMPLE_PORT}/cgi-bin/hello`;
        say(`${url}  ${(await waitForAnswer(url, 30)).trim()}`);
      }
      say(`the example answers on every node after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
  } finally {
    client.close();
  }
  say(`export KUBECONFIG=${paths.kubeconfig('admin')}`);
}

async function untilRunning(stateDir: string, seconds: number): Promise<void> {
  const log = clusterPaths(stateDir).log('supervisor');
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(50)) {
    const status = readStatus(stateDir);
    if (status?.phase === 'running') return;
    if (status?.phase === 'failed') throw new Error(`${status.error}\n(log: ${log})`);
  }
  throw new Error(`the cluster did not start within ${seconds} s: see ${log}`);
}
