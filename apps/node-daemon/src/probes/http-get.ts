import http from 'node:http';
import https from 'node:https';

export interface HttpRequest {
  url: string;
  headers: { name: string; value: string }[];
  timeoutMs: number;
}
export interface HttpAnswer {
  status: number;
  body: string;
  /** A redirect to another host, which is not followed. */
  redirectedTo?: string;
}

const MAX_BODY_BYTES = 10 * 1024;
const MAX_REDIRECTS = 10;

const GO_CODES: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ECONNRESET: 'read: connection reset by peer',
};

/** Go's text for a failed connection. */
export function dialError(error: NodeJS.ErrnoException, address: string): string {
  const text = GO_CODES[error.code ?? ''];
  return text ? `dial tcp ${address}: ${text}` : error.message;
}

/** GET as the kubelet's probes and hooks do it: no certificate check, redirects followed on the same host. @throws Error with Go's text */
export async function httpGet(request: HttpRequest, redirects = 0): Promise<HttpAnswer> {
  const { status, body, location } = await once(request);
  if (!location || status < 300 || status > 399) return { status, body };
  const next = new URL(location, request.url);
  if (next.hostname !== new URL(request.url).hostname) return { status, body, redirectedTo: next.href };
  if (redirects >= MAX_REDIRECTS) throw new Error(`Get ${JSON.stringify(next.href)}: stopped after ${MAX_REDIRECTS} redirects`);
  return httpGet({ ...request, url: next.href }, redirects + 1);
}

function once({ url, headers, timeoutMs }: HttpRequest): Promise<{ status: number; body: string; location?: string }> {
  const target = new URL(url);
  const given: Record<string, string | string[]> = {};
  for (const { name, value } of headers) given[name] = name in given ? [given[name]!].flat().concat(value) : value;
  const has = (name: string) => headers.some((header) => header.name.toLowerCase() === name);
  if (!has('user-agent')) given['User-Agent'] = 'kube-probe/1.36';
  if (!has('accept')) given.Accept = '*/*';
  return new Promise((resolve, reject) => {
    const fail = (text: string) => reject(new Error(`Get ${JSON.stringify(url)}: ${text}`));
    const library = target.protocol === 'https:' ? https : http;
    const port = target.port || (target.protocol === 'https:' ? '443' : '80');
    const request = library.request(target, { headers: given, agent: false, rejectUnauthorized: false });
    const timer = setTimeout(() => {
      request.destroy();
      fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
    }, timeoutMs);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        clearTimeout(timer);
        const body = Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body, location: response.headers.location });
        response.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= MAX_BODY_BYTES) done();
      });
      response.on('end', done);
      response.on('error', () => {});
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code === 'ECONNRESET' ? 'EOF' : dialError(error, `${target.hostname}:${port}`));
    });
    request.end();
  });
}
