import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { ResourceReader } from '@windlass/apiserver';
import { notFound, serviceUnavailable } from '@windlass/meta';
import type { ClusterPki } from '@windlass/pki';
import type { Node } from '@windlass/resources';

export interface KubeletEndpoint {
  host: string;
  port: number;
}

export interface KubeletRequest {
  method?: string;
  /** Path and query, e.g. `/stats/summary?only_cpu_and_memory=true`. */
  path: string;
  headers?: OutgoingHttpHeaders;
  signal?: AbortSignal;
}

const DEFAULT_PORT = 10_250;
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ERROR_BYTES = 10_000;
/** In the order of preference that kubeadm gives kube-apiserver. */
const ADDRESS_TYPES = ['InternalIP', 'ExternalIP', 'Hostname'];

/** A kubelet's answer that is no success. */
export class KubeletError extends Error {
  override name = 'KubeletError';
  /** HTTP status. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Talks to the nodes' kubelet APIs in the API server's own name, over mutual TLS. */
export class KubeletClient {
  readonly #reader: ResourceReader;
  readonly #agent: https.Agent;
  readonly #streams: https.Agent;

  constructor({ pki, reader }: { pki: ClusterPki; reader: ResourceReader }) {
    this.#reader = reader;
    const tls = { ca: pki.caCert, cert: pki.kubeletClientCert, key: pki.kubeletClientKey };
    this.#agent = new https.Agent({ ...tls, keepAlive: true, timeout: 60_000 });
    this.#streams = new https.Agent(tls);
  }

  /** Where a node's kubelet listens. @throws StatusError 404 for an unknown node, 503 for one without an address */
  endpointOf(nodeName: string): KubeletEndpoint {
    const node = this.#reader.get('', 'nodes', '', nodeName) as Node | undefined;
    if (!node) throw notFound({ group: '', resource: 'nodes' }, nodeName);
    const addresses = node.status?.addresses ?? [];
    const found = ADDRESS_TYPES.flatMap((type) => addresses.find((each) => each.type === type) ?? [])[0];
    if (!found) throw serviceUnavailable(`no preferred addresses found; known addresses: ${JSON.stringify(addresses)}`);
    return { host: found.address, port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port || DEFAULT_PORT };
  }

  /**
   * GET of a small text, e.g. `fetchText('node-1', '/metrics/resource')`.
   * @throws KubeletError for an answer that is no 200; StatusError as {@link endpointOf}; Error when the node cannot be reached or is slow
   */
  async fetchText(nodeName: string, path: string, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}): Promise<string> {
    const request = this.#request(this.endpointOf(nodeName), { path, signal: AbortSignal.timeout(timeoutMs) }, this.#agent);
    request.end();
    const response = await answerOf(request);
    const text = await readText(response);
    if (response.statusCode !== 200) throw new KubeletError(response.statusCode ?? 0, text.slice(0, MAX_ERROR_BYTES));
    return text;
  }

  /** As {@link fetchText}, parsed: `fetchJson<Summary>('node-1', '/stats/summary')`. */
  async fetchJson<T>(nodeName: string, path: string, options?: { timeoutMs?: number }): Promise<T> {
    return JSON.parse(await this.fetchText(nodeName, path, options)) as T;
  }

  /** A request on a connection of its own; the caller ends it and handles `response`, `upgrade` and `error`. */
  open(endpoint: KubeletEndpoint, request: KubeletRequest): ClientRequest {
    return this.#request(endpoint, request, this.#streams);
  }

  #request({ host, port }: KubeletEndpoint, { method = 'GET', path, headers, signal }: KubeletRequest, agent: https.Agent) {
    return https.request({ host, port, method, path, headers, signal, agent });
  }

  close(): void {
    this.#agent.destroy();
    this.#streams.destroy();
  }
}

export const answerOf = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => request.once('response', resolve).once('error', reject));

export async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
