import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Upgraded, upgradeRuntimeStream } from '@windlass/host';

/** Joins two byte streams both ways; when one breaks, so does the other. Each side reads as fast as the other takes. */
export function join(a: Duplex, b: Duplex): void {
  a.pipe(b);
  b.pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

const KEPT = [
  'upgrade',
  'x-stream-protocol-version',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
];

/** Hands a client's upgrade on to a one-time URL of the runtime's streaming server, byte by byte: it speaks SPDY/3.1 and WebSocket itself. */
export async function relayToRuntime(request: IncomingMessage, socket: Duplex, head: Buffer, url: string): Promise<void> {
  const headers: OutgoingHttpHeaders = {};
  for (const name of KEPT) if (request.headers[name] !== undefined) headers[name] = request.headers[name];
  const upstream = await upgradeRuntimeStream(url, headers, request.method);
  socket.write(switchingProtocols(upstream));
  if (upstream.head.length > 0) socket.write(upstream.head);
  if (head.length > 0) upstream.socket.write(head);
  join(socket, upstream.socket);
}

function switchingProtocols({ response: { rawHeaders } }: Upgraded): string {
  const lines = ['HTTP/1.1 101 Switching Protocols'];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
