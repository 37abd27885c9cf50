import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { injectTrace, sleep } from '@windlass/platform';
import { NetworkError, StatusError, statusOfResponse } from './errors.ts';
import type { ConnectionConfig } from './kubeconfig.ts';

export interface RequestOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Milliseconds until the whole answer must be there. */
  timeoutMs?: number;
}

export interface TransportOptions {
  userAgent?: string;
  /** Default 30,000. */
  timeoutMs?: number;
  /** Sockets for plain requests; streams have their own. Default 64. */
  maxSockets?: number;
}

const MAX_ATTEMPTS = 5;
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE']);

/** Keep-alive HTTPS to one API server. Knows status codes and retries, no kinds. */
export class Transport {
  readonly server: URL;
  readonly #config: ConnectionConfig;
  readonly #options: TransportOptions;
  readonly #http: typeof http | typeof https;
  readonly #calls: http.Agent;
  readonly #streams: http.Agent;
  readonly #prefix: string;
  #token: { value: string; readAt: number } | undefined;

  constructor(config: ConnectionConfig, options: TransportOptions = {}) {
    this.server = new URL(config.server);
    this.#config = config;
    this.#options = options;
    this.#prefix = this.server.pathname.replace(/\/$/, '');
    const secure = this.server.protocol === 'https:';
    this.#http = secure ? https : http;
    const tls = {
      ca: config.ca,
      cert: config.cert,
      key: config.key,
      rejectUnauthorized: !config.insecureSkipTlsVerify,
      servername: config.tlsServerName,
    };
    const agent = (extra: http.AgentOptions) =>
      secure ? new https.Agent({ keepAlive: true, ...tls, ...extra }) : new http.Agent({ keepAlive: true, ...extra });
    this.#calls = agent({ maxSockets: options.maxSockets ?? 64, scheduling: 'lifo' });
    this.#streams = agent({});
  }

  /**
   * One request, its whole answer parsed as JSON (text when it is not JSON).
   * @throws StatusError for an answer ≥ 400; NetworkError when there is none; the signal's reason when aborted
   */
  async request<R>(options: RequestOptions): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once<R>(options);
      } catch (error) {
        const wait = attempt < MAX_ATTEMPTS ? retryDelay(error, options.method, attempt) : undefined;
        if (wait === undefined || options.signal?.aborted) throw error;
        await sleep(wait, options.signal);
      }
    }
  }

  async #once<R>(options: RequestOptions): Promise<R> {
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? 30_000;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout.signal]) : timeout.signal;
    try {
      const response = await this.#send(options, signal, this.#calls);
      const body = await readAll(response);
      const code = response.statusCode ?? 0;
      if (code >= 400) throw this.#refused(response, body);
      return (response.headers['content-type']?.includes('json') ? JSON.parse(body) : body) as R;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (timeout.signal.aborted)
        throw new NetworkError(`${options.method} ${options.path}: no answer in ${timeoutMs} ms`, 'ETIMEDOUT', error);
      throw asNetworkError(error, options);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Opens a long-lived answer. The caller reads and destroys it. Errors as {@link request}, without retries. */
  async stream(options: RequestOptions): Promise<http.IncomingMessage> {
    try {
      const response = await this.#send(options, options.signal, this.#streams);
      const code = response.statusCode ?? 0;
      if (code >= 400) throw this.#refused(response, await readAll(response));
      return response;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      throw asNetworkError(error, options);
    }
  }

  #refused(response: http.IncomingMessage, body: string): StatusError {
    const code = response.statusCode ?? 0;
    if (code === 401) this.#config.onUnauthorized?.();
    return withRetryAfter(new StatusError({ ...statusOfResponse(code, body), code }), response);
  }

  /** Closes idle and busy sockets. */
  close(): void {
    this.#calls.destroy();
    this.#streams.destroy();
  }

  async #send(options: RequestOptions, signal: AbortSignal | undefined, agent: http.Agent): Promise<http.IncomingMessage> {
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers: Record<string, string | number> = {
      accept: options.accept ?? 'application/json',
      'user-agent': this.#options.userAgent ?? 'windlass',
      ...(await this.#authorization()),
    };
    if (body) {
      headers['content-type'] = options.contentType ?? 'application/json';
      headers['content-length'] = body.length;
    }
    injectTrace(headers);
    return new Promise((resolve, reject) => {
      const request = this.#http.request(
        {
          host: this.server.hostname.replace(/^\[|\]$/g, ''),
          port: this.server.port || (this.server.protocol === 'https:' ? 443 : 80),
          method: options.method,
          path: this.#prefix + options.path,
          headers,
          agent,
          signal,
        },
        resolve,
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  async #authorization(): Promise<Record<string, string>> {
    const { token, tokenFile, username, password, dynamicHeaders } = this.#config;
    if (dynamicHeaders) return dynamicHeaders();
    if (tokenFile) {
      if (!this.#token || Date.now() - this.#token.readAt > 60_000)
        this.#token = { value: readFileSync(tokenFile, 'utf8').trim(), readAt: Date.now() };
      return { authorization: `Bearer ${this.#token.value}` };
    }
    if (token) return { authorization: `Bearer ${token}` };
    if (username) return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
    return {};
  }
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
}

const retryAfter = new WeakMap<StatusError, number>();

function withRetryAfter(error: StatusError, response: http.IncomingMessage): StatusError {
  const seconds = Number(response.headers['retry-after']);
  if (response.headers['retry-after'] !== undefined && Number.isFinite(seconds)) retryAfter.set(error, seconds);
  return error;
}

/** Milliseconds to wait before another attempt, or undefined. A refused request was not processed, so any verb may follow Retry-After. */
function retryDelay(error: unknown, method: string, attempt: number): number | undefined {
  if (error instanceof StatusError) {
    const seconds = retryAfter.get(error);
    const code = error.status.code ?? 0;
    if (seconds === undefined || (code !== 429 && code < 500) || seconds > 30) return undefined;
    return code === 429 || IDEMPOTENT.has(method) ? seconds * 1000 * (1 + Math.random() / 10) : undefined;
  }
  if (!(error instanceof NetworkError) || !IDEMPOTENT.has(method)) return undefined;
  if (error.code === 'ECONNREFUSED') return 50 * 2 ** attempt * (1 + Math.random());
  // A kept-alive socket that the server closed while the request was on its way.
  return (error.code === 'ECONNRESET' || error.code === 'EPIPE') && method === 'GET' && attempt === 1 ? 0 : undefined;
}

function asNetworkError(error: unknown, { method, path }: RequestOptions): unknown {
  if (error instanceof StatusError || error instanceof SyntaxError || error instanceof NetworkError) return error;
  const code = (error as NodeJS.ErrnoException)?.code ?? 'ECONNRESET';
  return new NetworkError(`${method} ${path}: ${(error as Error)?.message ?? error}`, code, error);
}
