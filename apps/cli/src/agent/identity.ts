import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Client, createClient, isNotFound, loadKubeconfig } from '@windlass/client';
import { createAuthority, issue, type KeyPair, writeKubeconfig } from '@windlass/pki';
import { sleep } from '@windlass/platform';
import type { Node } from '@windlass/resources';
import { isReady, NODES } from '../cluster/api.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { renewalAt, requestCertificate } from './certificates.ts';
import { discoverAuthority } from './cluster-info.ts';
import type { AgentOptions, JoinOptions } from './options.ts';

const CONTEXT = 'windlass';
const POLL_MS = 500;
const USER_AGENT = 'windlass-agent';

/** Files with a node's identities. */
export const identityFiles = ({ stateDir, nodeName }: AgentOptions) => {
  const paths = clusterPaths(stateDir);
  const at = (name: string) => path.join(paths.node(nodeName).pki, name);
  return {
    kubeconfig: paths.kubeconfig(nodeName),
    serving: { caFile: at('ca.crt'), certFile: at('kubelet.crt'), keyFile: at('kubelet.key') },
  };
};

/** The key before the certificate: who watches the certificate finds both. */
function writePair({ certFile, keyFile }: { certFile: string; keyFile: string }, { cert, key }: KeyPair): void {
  for (const [file, text, mode] of [
    [keyFile, key, 0o600],
    [certFile, cert, 0o644],
  ] as const) {
    writeFileSync(`${file}.tmp`, text, { mode });
    renameSync(`${file}.tmp`, file);
  }
}

/** A certificate that still holds. */
function standing(cert: string | Buffer | undefined): X509Certificate | undefined {
  const found = cert && new X509Certificate(cert);
  return found && found.validToDate.getTime() > Date.now() ? found : undefined;
}

export const nodeClient = (options: AgentOptions): Client =>
  createClient(identityFiles(options).kubeconfig, { userAgent: USER_AGENT });

/** The client certificate of the node, from an earlier start or by joining. @throws Error that says why the machine cannot join */
export async function ensureIdentity(options: AgentOptions, { token, caCertHashes }: JoinOptions): Promise<void> {
  const { kubeconfig } = identityFiles(options);
  if (existsSync(kubeconfig) && standing(loadKubeconfig(kubeconfig).cert)) return;
  if (!token)
    throw new Error(
      'this machine has not joined yet, or its certificate has expired: give --token (windlass token create makes one)',
    );
  const { server, nodeName } = options;
  const ca = await discoverAuthority(server, token, caCertHashes);
  const client = createClient({ server, ca, token }, { userAgent: USER_AGENT });
  try {
    const existing = await client
      .resource<Node>(NODES)
      .get({ name: nodeName })
      .catch((error) => {
        if (!isNotFound(error)) throw error;
        return undefined;
      });
    if (existing && isReady(existing))
      throw new Error(
        `a Node with name ${JSON.stringify(nodeName)} and status "Ready" already exists in the cluster: choose another with --node-name`,
      );
    const pair = await requestCertificate(client, nodeName, 'client');
    await writeKubeconfig(kubeconfig, { server, ca, ...pair, context: CONTEXT });
  } finally {
    client.close();
  }
}

/** Until the cluster has signed one, the kubelet API has a certificate that nobody trusts: the Node must be there before it can ask. */
export async function ensureServingFiles(options: AgentOptions): Promise<void> {
  const { kubeconfig, serving } = identityFiles(options);
  await mkdir(path.dirname(serving.certFile), { recursive: true, mode: 0o700 });
  writeFileSync(serving.caFile, String(loadKubeconfig(kubeconfig).ca));
  if (existsSync(serving.certFile)) return;
  const own = await createAuthority(`${options.nodeName}-temporary`);
  const pair = await issue(own, {
    commonName: `system:node:${options.nodeName}`,
    hosts: [options.nodeIp],
    usage: 'server',
    days: 1,
  });
  writePair(serving, pair);
}

const isTemporary = (cert: X509Certificate): boolean => cert.issuer.includes('-temporary');

export interface Renewal {
  what: 'client' | 'serving';
  at: Date;
}

/** When each certificate is due. @param random 0 to 1, the same for one run of the agent */
export function renewals(options: AgentOptions, random: number): Renewal[] {
  const { kubeconfig, serving } = identityFiles(options);
  const due = (cert: X509Certificate) => renewalAt(cert.validFromDate, cert.validToDate, random);
  const own = new X509Certificate(readFileSync(serving.certFile));
  return [
    { what: 'client', at: due(new X509Certificate(loadKubeconfig(kubeconfig).cert as Buffer)) },
    { what: 'serving', at: isTemporary(own) ? new Date(0) : due(own) },
  ];
}

/** Waits until the Node shows the address that the certificate is for: nobody approves it before. */
async function addressShown(client: Client, { nodeName, nodeIp }: AgentOptions, signal: AbortSignal): Promise<void> {
  for (; ; await sleep(POLL_MS, signal)) {
    signal.throwIfAborted();
    const node = await client
      .resource<Node>(NODES)
      .get({ name: nodeName })
      .catch(() => undefined);
    if (node?.status?.addresses?.some(({ address }) => address === nodeIp)) return;
  }
}

/** Asks for a certificate with the present one and puts it in its place. */
export async function renew(options: AgentOptions, what: Renewal['what'], signal: AbortSignal): Promise<void> {
  const { kubeconfig, serving } = identityFiles(options);
  const client = nodeClient(options);
  try {
    const hosts = what === 'serving' ? [options.nodeIp] : [];
    if (what === 'serving') await addressShown(client, options, signal);
    const pair = await requestCertificate(client, options.nodeName, what, { hosts, signal });
    if (what === 'serving') return writePair(serving, pair);
    const { server, ca } = loadKubeconfig(kubeconfig);
    await writeKubeconfig(kubeconfig, { server, ca: String(ca), ...pair, context: CONTEXT });
  } finally {
    client.close();
  }
}
