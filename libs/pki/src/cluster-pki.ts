import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { covers, createAuthority, issue } from './certificate.ts';
import type { KeyPair } from './keys.ts';

/** The cluster's keys and certificates, PEM. */
export interface ClusterPki {
  caCert: string;
  caKey: string;
  serverCert: string;
  serverKey: string;
  /** RSA 2048: signs service-account tokens (RS256). */
  saKey: string;
  /** Client certificate with which the API server calls kubelets. */
  kubeletClientCert: string;
  kubeletClientKey: string;
  /** Authority for front-proxy client certificates (aggregation). */
  frontProxyCaCert: string;
  frontProxyClientCert: string;
  frontProxyClientKey: string;
}

export interface PkiOptions {
  /** IP addresses and DNS names of the API server. */
  hosts: readonly string[];
  clusterDomain: string;
  /** ClusterIP of kubernetes.default. */
  serviceIp: string;
}

const YEAR = 365;
const RENEW_BEFORE = 30;

/** Replaces a file in one step. */
async function write(file: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode });
  await chmod(temporary, mode);
  await rename(temporary, file);
}

/** The cluster's authority as it stands in its directory. @throws Error when it is not there */
export const readAuthority = (directory: string): KeyPair => ({
  cert: readFileSync(path.join(directory, 'ca.crt'), 'utf8'),
  key: readFileSync(path.join(directory, 'ca.key'), 'utf8'),
});

/** The key that signs service-account tokens, PEM. @throws Error when it is not there */
export const readAccountKey = (directory: string): string => readFileSync(path.join(directory, 'sa.key'), 'utf8');

/** Makes what is missing below `directory`, keeps what is there, and renews leaf certificates that end soon or lack a host. */
export async function ensureClusterPki(directory: string, options: PkiOptions): Promise<ClusterPki> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const at = (name: string) => path.join(directory, name);
  const pair = async (name: string, good: (cert: string) => boolean, make: () => Promise<KeyPair>): Promise<KeyPair> => {
    if (existsSync(at(`${name}.crt`)) && existsSync(at(`${name}.key`))) {
      const kept = { cert: readFileSync(at(`${name}.crt`), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') };
      if (good(kept.cert)) return kept;
    }
    const made = await make();
    await write(at(`${name}.key`), made.key);
    await write(at(`${name}.crt`), made.cert, 0o644);
    return made;
  };
  const always = () => true;
  const lasting = (cert: string) => covers(cert, [], RENEW_BEFORE);
  const ca = await pair('ca', always, () => createAuthority('windlass-ca'));
  const frontProxyCa = await pair('front-proxy-ca', always, () => createAuthority('windlass-front-proxy-ca'));
  const hosts = [
    ...new Set([
      ...options.hosts,
      options.serviceIp,
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${options.clusterDomain}`,
    ]),
  ].filter(Boolean);
  const server = await pair(
    'apiserver',
    (cert) => covers(cert, hosts, RENEW_BEFORE),
    () => issue(ca, { commonName: 'kube-apiserver', hosts, usage: 'server', days: YEAR }),
  );
  const kubelet = await pair('apiserver-kubelet-client', lasting, () =>
    issue(ca, { commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters'], usage: 'client', days: YEAR }),
  );
  const frontProxy = await pair('front-proxy-client', lasting, () =>
    issue(frontProxyCa, { commonName: 'front-proxy-client', usage: 'client', days: YEAR }),
  );
  if (!existsSync(at('sa.key'))) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await write(at('sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  }
  return {
    caCert: ca.cert,
    caKey: ca.key,
    serverCert: server.cert,
    serverKey: server.key,
    saKey: readFileSync(at('sa.key'), 'utf8'),
    kubeletClientCert: kubelet.cert,
    kubeletClientKey: kubelet.key,
    frontProxyCaCert: frontProxyCa.cert,
    frontProxyClientCert: frontProxy.cert,
    frontProxyClientKey: frontProxy.key,
  };
}

const authorityOf = (pki: ClusterPki): KeyPair => ({ cert: pki.caCert, key: pki.caKey });

/** A client certificate for a user and its groups. */
export const issueClientCertificate = (
  pki: ClusterPki,
  { user, groups, days }: { user: string; groups: readonly string[]; days: number },
): Promise<KeyPair> => issue(authorityOf(pki), { commonName: user, organizations: groups, usage: 'client', days });

/** A serving certificate, e.g. of a node's kubelet API. */
export const issueServingCertificate = (
  pki: ClusterPki,
  { commonName, hosts, organizations = [] }: { commonName: string; hosts: readonly string[]; organizations?: readonly string[] },
): Promise<KeyPair> => issue(authorityOf(pki), { commonName, organizations, hosts, usage: 'server', days: YEAR });

export interface KubeconfigOptions {
  server: string;
  /** PEM */
  ca: string;
  cert: string;
  key: string;
  context: string;
}

/** Writes a kubeconfig with everything inline, mode 0600. */
export async function writeKubeconfig(file: string, { server, ca, cert, key, context }: KubeconfigOptions): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: context, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
  };
  await write(file, `${JSON.stringify(config, undefined, 2)}\n`);
}
