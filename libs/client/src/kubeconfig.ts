import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** How to reach one API server as one user. PEM text or buffers. */
export interface ConnectionConfig {
  /** `https://host:port` with an optional path prefix. */
  server: string;
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  token?: string;
  /** Read anew at most once a minute, as bound service-account tokens rotate. */
  tokenFile?: string;
  username?: string;
  password?: string;
  insecureSkipTlsVerify?: boolean;
  tlsServerName?: string;
  /** Headers that a credential plugin supplies, asked before every request. */
  dynamicHeaders?: () => Promise<Record<string, string>>;
  /** Told of every answer 401, so that what supplies the headers may renew them. */
  onUnauthorized?: () => void;
}

interface Named {
  name: string;
}
interface KubeconfigFile {
  'current-context'?: string;
  clusters?: (Named & { cluster: Record<string, unknown> })[];
  users?: (Named & { user: Record<string, unknown> })[];
  contexts?: (Named & { context: { cluster: string; user: string; namespace?: string } })[];
}

/**
 * Reads a kubeconfig's current (or named) context. Credential plugins (`exec`, `auth-provider`) are left to client-node, which is loaded
 * only then: it costs 90 MB and 0.8 s, too much for every component of a small cluster.
 * @throws Error naming the missing part
 */
export function loadKubeconfig(file: string, contextName?: string): ConnectionConfig {
  const config = parse(readFileSync(file, 'utf8')) as KubeconfigFile;
  const wanted = contextName ?? config['current-context'];
  const context = config.contexts?.find((c) => c.name === wanted)?.context;
  if (!context) throw new Error(`${file}: context ${JSON.stringify(wanted)} not found`);
  const cluster = config.clusters?.find((c) => c.name === context.cluster)?.cluster;
  if (!cluster) throw new Error(`${file}: cluster ${JSON.stringify(context.cluster)} not found`);
  const user = config.users?.find((u) => u.name === context.user)?.user ?? {};
  const directory = path.dirname(file);
  const text = (from: Record<string, unknown>, key: string) => from[key] as string | undefined;
  const material = (from: Record<string, unknown>, key: string): Buffer | undefined => {
    const data = text(from, `${key}-data`);
    if (data) return Buffer.from(data, 'base64');
    const name = text(from, key);
    return name ? readFileSync(path.resolve(directory, name)) : undefined;
  };
  const tokenFile = text(user, 'tokenFile');
  return {
    server: String(cluster.server ?? ''),
    ca: material(cluster, 'certificate-authority'),
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
    tlsServerName: text(cluster, 'tls-server-name'),
    cert: material(user, 'client-certificate'),
    key: material(user, 'client-key'),
    token: text(user, 'token'),
    tokenFile: tokenFile && path.resolve(directory, tokenFile),
    username: text(user, 'username'),
    password: text(user, 'password'),
    dynamicHeaders: user.exec || user['auth-provider'] ? pluginHeaders(file, wanted as string) : undefined,
  };
}

function pluginHeaders(file: string, context: string): () => Promise<Record<string, string>> {
  let loaded: Promise<{ applyToHTTPSOptions(options: object): Promise<void> }> | undefined;
  return async () => {
    loaded ??= import('@kubernetes/client-node').then(({ KubeConfig }) => {
      const config = new KubeConfig();
      config.loadFromFile(file);
      config.setCurrentContext(context);
      return config;
    });
    const options: { headers?: Record<string, string> } = {};
    await (await loaded).applyToHTTPSOptions(options);
    return options.headers ?? {};
  };
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The connection of a process that runs inside a pod, from its mounted service account. */
export const inClusterConfig = (): ConnectionConfig => ({
  server: `https://${process.env.KUBERNETES_SERVICE_HOST}:${process.env.KUBERNETES_SERVICE_PORT}`,
  ca: readFileSync(`${ACCOUNT}/ca.crt`),
  tokenFile: `${ACCOUNT}/token`,
});
