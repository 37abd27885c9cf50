import { Agent, request } from 'node:https';
import type { AnyObject } from '@windlass/meta';
import { ADMIN_TOKEN, type TestApiServer } from './api-server.ts';

export interface HttpAnswer {
  code: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  /** The body as JSON. @throws SyntaxError */
  json: AnyObject;
}

export interface HttpCall {
  method?: string;
  /** Objects go as JSON. */
  body?: Buffer | string | object;
  type?: string;
  accept?: string;
}

export interface HttpClient {
  call(path: string, call?: HttpCall): Promise<HttpAnswer>;
  close(): void;
}

/** Plain requests as the administrator, for what a typed client hides: forms, media types, headers. */
export function httpClient(server: Pick<TestApiServer, 'url' | 'pki'>): HttpClient {
  const agent = new Agent({ keepAlive: true, ca: server.pki.caCert });
  const call = (path: string, { method = 'GET', body, type = 'application/json', accept = 'application/json' }: HttpCall = {}) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const data = body === undefined || Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        accept,
        ...(data === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(data) }),
      };
      const sent = request(`${server.url}${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            code: response.statusCode!,
            headers: response.headers,
            bytes,
            get json() {
              return JSON.parse(bytes.toString('utf8')) as AnyObject;
            },
          });
        });
      });
      sent.on('error', reject);
      sent.end(data);
    });
  return { call, close: () => agent.destroy() };
}
