import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureClusterPki, issueClientCertificate, issueServingCertificate, writeKubeconfig } from '@windlass/pki';
import { hostAddress, type NodePlan, servingHosts, systemAddresses } from './nodes.ts';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';

export type ClusterPki = Awaited<ReturnType<typeof ensureClusterPki>>;

/** The cluster's certificates, and a kubeconfig for the administrator and for each part of the control plane. */
export async function ensurePki(options: ClusterOptions): Promise<ClusterPki> {
  const paths = clusterPaths(options.stateDir);
  const pki = await ensureClusterPki(paths.pki, {
    hosts: servingHosts(options),
    clusterDomain: options.clusterDomain,
    serviceIp: systemAddresses(options).kubernetes,
  });
  const local = `https://127.0.0.1:${options.apiPort}`;
  await kubeconfig(pki, paths.kubeconfig('admin'), local, options.name, 'admin', ['system:masters']);
  await kubeconfig(pki, paths.kubeconfig('controller-manager'), local, options.name, 'system:kube-controller-manager', []);
  await kubeconfig(pki, paths.kubeconfig('scheduler'), local, options.name, 'system:kube-scheduler', []);
  return pki;
}

async function kubeconfig(
  pki: ClusterPki,
  file: string,
  server: string,
  context: string,
  user: string,
  groups: string[],
): Promise<void> {
  const { cert, key } = await issueClientCertificate(pki, { user, groups, days: 365 });
  await writeKubeconfig(file, { server, ca: pki.caCert, cert, key, context });
}

/** A node's identities: kubeconfigs of its daemon and of the daemon's network part, and the serving certificate of its kubelet API. @returns the files */
export async function ensureNodePki(options: ClusterOptions, pki: ClusterPki, node: NodePlan) {
  const paths = clusterPaths(options.stateDir);
  const directory = paths.node(node.name).pki;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const user = `system:node:${node.name}`;
  const file = paths.kubeconfig(node.name);
  const proxyFile = paths.kubeconfig(`${node.name}-proxy`);
  const server = `https://${hostAddress(options)}:${options.apiPort}`;
  await kubeconfig(pki, file, server, options.name, user, ['system:nodes']);
  await kubeconfig(pki, proxyFile, server, options.name, 'system:kube-proxy', []);
  const { cert, key } = await issueServingCertificate(pki, { commonName: user, hosts: [node.name, node.ip, '127.0.0.1'] });
  const files = {
    caFile: path.join(directory, 'ca.crt'),
    certFile: path.join(directory, 'kubelet.crt'),
    keyFile: path.join(directory, 'kubelet.key'),
  };
  writeFileSync(files.caFile, pki.caCert);
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key, { mode: 0o600 });
  return { kubeconfig: file, proxyKubeconfig: proxyFile, files };
}
