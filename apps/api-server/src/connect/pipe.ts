import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { badRequest, serviceUnavailable } from '@windlass/meta';

/** Headers that belong to one connection (RFC 9110 7.6.1) and HTTP/2's pseudo headers. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

export const endToEnd = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !name.startsWith(':')));

/** What the API server's credentials must not leak to: everything behind it. */
export function forwardedHeaders(headers: IncomingHttpHeaders, upgrades: boolean): OutgoingHttpHeaders {
  const { authorization: _, host: __, ...kept } = endToEnd(headers);
  return upgrades ? { ...kept, connection: 'Upgrade', upgrade: headers.upgrade } : kept;
}

/** Where an answer goes: a response, or the raw socket of an upgrade. */
export interface Client {
  response?: ServerResponse;
  socket?: Duplex;
  head?: Buffer;
}

export interface PipeOptions {
  /** Changes what the far end answered before it goes on, e.g. a Location. */
  headers?(response: IncomingMessage): OutgoingHttpHeaders;
  /** Changes the body. */
  body?(response: IncomingMessage): NodeJS.ReadableStream;
}

const UPGRADE_REQUIRED = 'Upgrade request required';

/** @throws StatusError 400 for a plain request to what needs an upgrade */
export function requireUpgrade({ socket }: Client): Duplex {
  if (!socket) throw badRequest(UPGRADE_REQUIRED);
  return socket;
}

/**
 * Carries a request to the far end and its answer back, streaming both ways at the pace of the slower side; upgrades become a byte pipe.
 * Resolves when the answer is through, or the two sockets are joined. @throws StatusError 503 when the far end cannot be reached
 */
export async function pipeRequest(
  request: IncomingMessage,
  client: Client,
  upstream: ClientRequest,
  options: PipeOptions = {},
): Promise<void> {
  const answer = await sendUpstream(request, client, upstream);
  if ('socket' in answer) return joinUpgraded(client, answer);
  const { response } = answer;
  const headers = options.headers?.(response) ?? endToEnd(response.headers);
  if (client.socket) return rawAnswer(client.socket, response, headers);
  const target = client.response!;
  target.writeHead(response.statusCode ?? 502, headers);
  target.flushHeaders?.();
  await pipeline(options.body?.(response) ?? response, target).catch(() => target.destroy());
}

type Answer = { response: IncomingMessage } | { response: IncomingMessage; socket: Duplex; head: Buffer };

function sendUpstream(request: IncomingMessage, client: Client, upstream: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const gone = () => upstream.destroy();
    (client.socket ?? client.response)!.once('close', gone);
    upstream.once('response', (response) => resolve({ response }));
    upstream.once('upgrade', (response, socket, head) => resolve({ response, socket, head }));
    upstream.once('error', (error) => reject(serviceUnavailable(`error trying to reach service: ${error.message}`)));
    if (client.socket) upstream.end();
    else request.pipe(upstream);
  });
}

function statusLines(response: IncomingMessage, headers: OutgoingHttpHeaders | undefined): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`];
  if (headers)
    for (const [name, value] of Object.entries(headers)) for (const each of [value].flat()) lines.push(`${name}: ${each}`);
  else
    for (let i = 0; i < response.rawHeaders.length; i += 2)
      lines.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function rawAnswer(socket: Duplex, response: IncomingMessage, headers: OutgoingHttpHeaders): Promise<void> {
  socket.write(statusLines(response, { ...headers, connection: 'close' }));
  await pipeline(response, socket).catch(() => socket.destroy());
}

function joinUpgraded({ socket, head }: Client, upstream: { response: IncomingMessage; socket: Duplex; head: Buffer }): void {
  const client = socket!;
  client.write(statusLines(upstream.response, undefined));
  if (upstream.head.length > 0) client.write(upstream.head);
  if (head && head.length > 0) upstream.socket.write(head);
  client.pipe(upstream.socket);
  upstream.socket.pipe(client);
  for (const [one, other] of [
    [client, upstream.socket],
    [upstream.socket, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}
