import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AnyObject } from '@windlass/meta';
import { httpClient, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

/** Path of a program that `npm run peers` has fetched. @throws Error where it did not */
export function peerProgram(file: string): string {
  const directory = process.env.WINDLASS_PEERS;
  if (!directory) throw new Error('run by `npm run peers`, which fetches the programs');
  return path.join(directory, file);
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
export type Json = any;

/** An API server for programs that others wrote for Kubernetes in Go, with their defaults. */
export interface PeerServer {
  server: TestApiServer;
  http: ReturnType<typeof httpClient>;
  /** Directory for what the programs write. */
  scratch: string;
  /** @throws Error unless it answers 201 */
  post(url: string, body: object): Promise<AnyObject>;
  get(url: string): Promise<Json>;
  /** Makes a node that is ready: its taint for new nodes is taken away, as the node lifecycle controller does. */
  readyNode(name: string): Promise<void>;
  /** Starts a program that runs until the end. @returns what it has written so far */
  start(name: string, program: string, args: string[]): () => string;
  stop(): Promise<void>;
}

export async function startPeerServer(): Promise<PeerServer> {
  const server = await startTestApiServer();
  const http = httpClient(server);
  const scratch = mkdtempSync(path.join(tmpdir(), 'windlass-peers-'));
  const children: ChildProcess[] = [];
  const post = async (url: string, body: object): Promise<AnyObject> => {
    const { code, json } = await http.call(url, { method: 'POST', body });
    if (code !== 201) throw new Error(`POST ${url}: ${code} ${JSON.stringify(json)}`);
    return json;
  };
  const merge = (url: string, body: object) => http.call(url, { method: 'PATCH', type: 'application/merge-patch+json', body });
  await post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  return {
    server,
    http,
    scratch,
    post,
    get: async (url) => (await http.call(url)).json,
    async readyNode(name) {
      await post('/api/v1/nodes', { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {} });
      await merge(`/api/v1/nodes/${name}/status`, { status: NODE_STATUS });
      await merge(`/api/v1/nodes/${name}`, { spec: { taints: null } });
    },
    start(name, program, args) {
      const log = path.join(scratch, `${name}.log`);
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
      const file = createWriteStream(log);
      child.stdout.pipe(file, { end: false });
      child.stderr.pipe(file, { end: false });
      children.push(child);
      return () => readFileSync(log, 'utf8');
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      http.close();
      await server.stop();
      await stopDatabases();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

const NODE_STATUS = {
  capacity: { cpu: '4', memory: '8Gi', pods: '110' },
  allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
  conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }],
  addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
  nodeInfo: {},
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
};

export const pod = (name: string, spec: object = {}) => ({
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'c', image: 'example/c', ports: [{ name: 'http', containerPort: 8080 }] }], ...spec },
});
