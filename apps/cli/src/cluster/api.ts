import { type Client, createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { sleep } from '@windlass/platform';
import type { Deployment, Node } from '@windlass/resources';
import { parseAllDocuments } from 'yaml';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';

export const NODES = { group: '', version: 'v1', resource: 'nodes', namespaced: false, kind: 'Node' } as const;
const DEPLOYMENTS = { group: 'apps', version: 'v1', resource: 'deployments', namespaced: true, kind: 'Deployment' } as const;

export const adminClient = (stateDir: string): Client =>
  createClient(clusterPaths(stateDir).kubeconfig('admin'), { userAgent: 'windlass-cli' });

export const isReady = (node: Node): boolean =>
  node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** @throws Error with the last state when `check` is not true in time */
async function waitFor(what: string, seconds: number, check: () => Promise<boolean | string>): Promise<void> {
  let last: unknown = '';
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
    try {
      last = await check();
      if (last === true) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: not after ${seconds} s (${String(last)})`);
}

export const waitForNodes = (client: Client, count: number, seconds: number): Promise<void> =>
  waitFor(`${count} Ready nodes`, seconds, async () => {
    const ready = (await client.resource<Node>(NODES).list()).items.filter(isReady).length;
    return ready >= count || `${ready} Ready`;
  });

/** Applies every document of a manifest server-side, as `kubectl apply --server-side` does. */
export async function applyManifest(client: Client, text: string, namespace: string): Promise<void> {
  const { resources } = await client.discover();
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as AnyObject | null;
    if (!object) continue;
    const found = resources.find(
      (r) => r.kind === object.kind && (r.group ? `${r.group}/${r.version}` : r.version) === object.apiVersion,
    );
    if (!found) throw new Error(`the server has no ${object.apiVersion} ${object.kind}`);
    if (found.namespaced) object.metadata.namespace ??= namespace;
    await client.resource(found).apply(object, { fieldManager: 'windlass', force: true });
  }
}

export const waitForDeployment = (client: Client, name: string, namespace: string, seconds: number): Promise<void> =>
  waitFor(`deployment ${name}`, seconds, async () => {
    const deployment = await client.resource<Deployment>(DEPLOYMENTS).get({ name, namespace });
    const available = deployment.status?.availableReplicas ?? 0;
    return available >= (deployment.spec.replicas ?? 1) || `${available} available`;
  });

/** GET until it answers 200. @returns the body */
export async function waitForAnswer(url: string, seconds: number): Promise<string> {
  let body = '';
  await waitFor(`answer of ${url}`, seconds, async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    body = await response.text();
    return response.ok || `status ${response.status}`;
  });
  return body;
}

/** The API server answers its readiness check. */
export async function apiServerReady(options: ClusterOptions): Promise<boolean> {
  const client = adminClient(options.stateDir);
  try {
    await client.request({ method: 'GET', path: '/readyz', timeoutMs: 2000 });
    return true;
  } finally {
    client.close();
  }
}
