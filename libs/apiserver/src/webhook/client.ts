import https from 'node:https';
import { isIP } from 'node:net';

/** Where a webhook is, as its configuration says. */
export interface WebhookTarget {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  /** PEM in base64; without, the system's authorities are trusted. */
  caBundle?: string;
}

/** Finds an address of a service's port. @throws Error with the reason */
export type ServiceResolver = (namespace: string, name: string, port: number) => { host: string; port: number };

/** A call that brought no answer to use; the text is that of client-go. */
export class WebhookCallError extends Error {
  override name = 'WebhookCallError';
}

interface Destination {
  /** As messages show it. */
  url: string;
  host: string;
  port: number;
  servername: string;
  path: string;
}

const MAX_ANSWER = 8 << 20;
const IDLE_MS = 30_000;

const TLS_TEXTS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
};

function networkText(error: NodeJS.ErrnoException & { address?: string; port?: number }, { host, port }: Destination): string {
  const dial = `dial tcp ${error.address ?? host}:${error.port ?? port}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `${dial}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}: connect: no route to host`;
    case 'ENETUNREACH':
      return `${dial}: connect: network is unreachable`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${host}: no such host`;
    case 'ECONNRESET':
      return 'EOF';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${error.message}`;
  }
  return TLS_TEXTS[error.code ?? ''] ?? error.message;
}

/** Posts JSON to webhooks over HTTPS and reads JSON back. Connections are kept per authority. */
export class WebhookClient {
  readonly #resolve: ServiceResolver;
  readonly #agents = new Map<string, https.Agent>();

  constructor(resolve: ServiceResolver) {
    this.#resolve = resolve;
  }

  #agent(caBundle: string): https.Agent {
    let agent = this.#agents.get(caBundle);
    if (!agent) {
      const ca = caBundle ? Buffer.from(caBundle, 'base64').toString('utf8') : undefined;
      agent = new https.Agent({ keepAlive: true, timeout: IDLE_MS, maxCachedSessions: 100, ...(ca ? { ca } : {}) });
      this.#agents.set(caBundle, agent);
    }
    return agent;
  }

  #destination({ url, service }: WebhookTarget, timeoutMs: number): Destination {
    const query = `timeout=${timeoutMs / 1000}s`;
    if (!service) {
      const { hostname, port, pathname } = new URL(url ?? '');
      const host = hostname.replace(/^\[(.*)\]$/, '$1');
      return {
        url: `${url}?${query}`,
        host,
        port: Number(port || 443),
        servername: isIP(host) ? '' : host,
        path: `${pathname}?${query}`,
      };
    }
    const { namespace, name, path = '', port = 443 } = service;
    const servername = `${name}.${namespace}.svc`;
    const target = `${path.startsWith('/') ? '' : '/'}${path}?${query}`;
    const shown = `https://${servername}:${port}${target}`;
    try {
      return { url: shown, ...this.#resolve(namespace, name, port), servername, path: target };
    } catch (error) {
      throw new WebhookCallError(`Post ${JSON.stringify(shown)}: ${(error as Error).message}`);
    }
  }

  /** The parsed answer of a 200. @throws WebhookCallError */
  async call(target: WebhookTarget, body: object, timeoutMs: number): Promise<unknown> {
    const destination = this.#destination(target, timeoutMs);
    const { status, text } = await this.#post(destination, JSON.stringify(body), target.caBundle ?? '', timeoutMs);
    if (status === 404) throw new WebhookCallError('the server could not find the requested resource');
    if (status < 200 || status > 206)
      throw new WebhookCallError(
        `an error on the server (${JSON.stringify(text.slice(0, 256).trim() || 'unknown')}) has prevented the request from succeeding`,
      );
    try {
      return JSON.parse(text);
    } catch {
      throw new WebhookCallError(`couldn't get version/kind; json parse error: invalid character in webhook response`);
    }
  }

  #post(to: Destination, body: string, caBundle: string, timeoutMs: number): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (why: string) => new WebhookCallError(`Post ${JSON.stringify(to.url)}: ${why}`);
    return new Promise((resolve, reject) => {
      const request = https.request({
        method: 'POST',
        host: to.host,
        port: to.port,
        path: to.path,
        ...(to.servername ? { servername: to.servername } : {}),
        agent: this.#agent(caBundle),
        signal,
        headers: {
          host: to.servername || to.host,
          'content-type': 'application/json',
          accept: 'application/json, */*',
          'user-agent': 'kube-apiserver-admission',
          'content-length': Buffer.byteLength(body),
        },
      });
      const failed = (error: NodeJS.ErrnoException) =>
        reject(fail(signal.aborted ? 'context deadline exceeded' : networkText(error, to)));
      request.on('error', failed);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER) request.destroy(new Error('response body too large'));
          else chunks.push(chunk);
        });
        response.on('error', failed);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
      });
      request.end(body);
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
