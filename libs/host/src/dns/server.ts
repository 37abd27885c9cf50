import dgram from 'node:dgram';
import net from 'node:net';
import { assemble, DnsFormatError, type DnsQuery, type EncodedBody, encodeBody, parseQuery, RCODE } from './wire.ts';

/** Answers from memory at once (EncodedBody), elsewhere later (a whole message); undefined: not ours and nobody else answers. */
export type DnsResolver = (
  query: DnsQuery,
  request: Buffer,
  tcp: boolean,
) => EncodedBody | Promise<Buffer | EncodedBody | undefined>;

export interface DnsServer {
  readonly port: number;
  readonly queries: number;
  close(): Promise<void>;
}

const IDLE_MS = 10_000;
const MAX_TCP_CLIENTS = 500;

/** Serves DNS over UDP and TCP on one address. Port 0 takes a free one (the same for both). @throws when the address cannot be bound */
export async function startDnsServer(
  listen: { address: string; port?: number },
  resolver: DnsResolver,
  onError: (error: unknown) => void = () => {},
): Promise<DnsServer> {
  let queries = 0;
  const answer = (request: Buffer, tcp: boolean, reply: (message: Buffer) => void): void => {
    queries++;
    let query: DnsQuery;
    try {
      query = parseQuery(request);
    } catch (error) {
      // Answering an answer could make two servers talk for ever.
      if (error instanceof DnsFormatError && request.length >= 12 && !(request[2]! & 0x80))
        reply(refusal(request, RCODE.FORMERR));
      return;
    }
    if (query.opcode !== 0) {
      reply(refusal(request, RCODE.NOTIMP));
      return;
    }
    const failed = (error?: unknown) => {
      if (error) onError(error);
      reply(assemble(request, query, encodeBody(query.name, { rcode: RCODE.SERVFAIL, authoritative: false, answers: [] }), !tcp));
    };
    try {
      const result = resolver(query, request, tcp);
      if (!(result instanceof Promise)) reply(assemble(request, query, result, !tcp));
      else
        result.then((later) => {
          if (!later) failed();
          else reply(Buffer.isBuffer(later) ? later : assemble(request, query, later, !tcp));
        }, failed);
    } catch (error) {
      failed(error);
    }
  };

  const family = net.isIPv6(listen.address) ? 'udp6' : 'udp4';
  const tcp = net.createServer((socket) => serveTcp(socket, answer));
  tcp.maxConnections = MAX_TCP_CLIENTS;
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen({ host: listen.address, port: listen.port ?? 53 }, resolve);
  });
  const { port } = tcp.address() as net.AddressInfo;
  const udp = dgram.createSocket({ type: family, recvBufferSize: 4 << 20 });
  try {
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind({ address: listen.address, port, exclusive: true }, resolve);
    });
  } catch (error) {
    tcp.close();
    throw error;
  }
  udp.removeAllListeners('error').on('error', onError);
  tcp.removeAllListeners('error').on('error', onError);
  udp.on('message', (request, peer) => answer(request, false, (message) => udp.send(message, peer.port, peer.address)));
  const clients = new Set<net.Socket>();
  tcp.on('connection', (socket) => clients.add(socket.once('close', () => clients.delete(socket))));
  return {
    port,
    get queries() {
      return queries;
    },
    async close() {
      for (const client of clients) client.destroy();
      await Promise.all([new Promise<void>((done) => udp.close(done)), new Promise((done) => tcp.close(done))]);
    },
  };
}

function serveTcp(socket: net.Socket, answer: (request: Buffer, tcp: boolean, reply: (message: Buffer) => void) => void): void {
  let received: Buffer = Buffer.alloc(0);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = received.length > 0 ? Buffer.concat([received, chunk]) : chunk;
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const request = received.subarray(2, end);
      received = received.subarray(end);
      answer(request, true, (message) => {
        const length = Buffer.allocUnsafe(2);
        length.writeUInt16BE(message.length);
        if (!socket.destroyed) socket.write(Buffer.concat([length, message]));
      });
    }
  });
}

/** Header only: the question could not be read, or nobody cares. */
function refusal(request: Buffer, rcode: number): Buffer {
  const out = Buffer.alloc(12);
  request.copy(out, 0, 0, 2);
  out[2] = 0x80 | (request[2]! & 0x79);
  out[3] = 0x80 | rcode;
  return out;
}
