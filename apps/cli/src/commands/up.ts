import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@windlass/client';
import { spawnProcess } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { Node } from '@windlass/resources';
import { adminClient, applyManifest, NODES, waitForAnswer, waitForDeployment, waitForNodes } from '../cluster/api.ts';
import type { ClusterOptions } from '../cluster/options.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { preflight } from '../cluster/preflight.ts';
import { readStatus, runningSupervisor, saveOptions } from '../cluster/state.ts';

const EXAMPLE_PORT = 30080;
const EXAMPLE = path.resolve(import.meta.dirname, '../manifests/examples/hello.yaml');

/** What to apply once the cluster runs. */
export interface UpWork {
  /** Manifests, in order. */
  files: readonly string[];
  /** The example too, until it answers on every node. */
  example: boolean;
}

type Say = (line: string) => void;

/** Brings the cluster up, or finds it running, and waits until every node is Ready. @throws Error with the reason and the log to read */
export async function up(options: ClusterOptions, work: UpWork, say: Say): Promise<void> {
  const paths = clusterPaths(options.stateDir);
  const manifests = work.files.map((file) => readFileSync(file, 'utf8'));
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  if (runningSupervisor(options.stateDir)) say(`cluster ${options.name} is running already`);
  else {
    await preflight();
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
    await untilRunning(options.stateDir, 180, (names) => say(`started ${names.join(', ')} (${elapsed()})`));
  }
  const client = adminClient(options.stateDir);
  try {
    await waitForNodes(client, options.nodes, 120);
    say(`${options.nodes} nodes are Ready after ${elapsed()}`);
    for (const manifest of manifests) await applyManifest(client, manifest, 'default');
    if (work.example) {
      await showExample(client, say);
      say(`the example answers on every node after ${elapsed()}`);
    }
  } finally {
    client.close();
  }
  say(closing(options, work.example));
}

async function showExample(client: Client, say: Say): Promise<void> {
  await applyManifest(client, readFileSync(EXAMPLE, 'utf8'), 'default');
  await waitForDeployment(client, 'hello', 'default', 120);
  for (const node of (await client.resource<Node>(NODES).list()).items) {
    const ip = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
    const url = `http://${ip}:${EXAMPLE_PORT}/cgi-bin/hello`;
    say(`${url}  ${(await waitForAnswer(url, 30)).trim()}`);
  }
}

function closing({ stateDir, apiPort }: ClusterOptions, example: boolean): string {
  const lines = [
    '',
    `API server   https://127.0.0.1:${apiPort}`,
    `kubeconfig   ${clusterPaths(stateDir).kubeconfig('admin')}`,
    '',
    'try:',
    `  export KUBECONFIG=${clusterPaths(stateDir).kubeconfig('admin')}`,
    '  kubectl get pods -A -o wide',
    example ? '  kubectl logs -f deployment/hello' : '  kubectl create deployment web --image=windlass.dev/hello:1',
    example ? '  kubectl scale deployment/hello --replicas=6' : '  kubectl top nodes',
  ];
  return lines.join('\n');
}

/** Tells of every stage that has started. */
async function untilRunning(stateDir: string, seconds: number, started: (names: string[]) => void): Promise<void> {
  const log = clusterPaths(stateDir).log('supervisor');
  const seen = new Set<string>();
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(50)) {
    const status = readStatus(stateDir);
    const fresh = (status?.processes ?? []).map(({ name }) => name).filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    if (fresh.length > 0) started(fresh);
    if (status?.phase === 'running') return;
    if (status?.phase === 'failed') throw new Error(`${status.error}\n(log: ${log})`);
  }
  throw new Error(`the cluster did not start within ${seconds} s: see ${log}`);
}
