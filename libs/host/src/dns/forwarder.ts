import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import { type DnsQuery, TYPE, walkRecords } from './wire.ts';

export interface ForwarderOptions {
  /** Addresses, or address:port / [v6]:port. Asked in this order. */
  upstreams: readonly string[];
  /** Per attempt. Default 2000. */
  timeoutMs?: number;
  /** Kept answers. Default 10,000. */
  cacheSize?: number;
  /** Longest time an answer is kept, seconds. Default 30. */
  maxTtl?: number;
  /** For tests. */
  now?: () => number;
}

interface Kept {
  message: Buffer;
  ttls: number[];
  storedAt: number;
  expiresAt: number;
}

/** Asks other name servers and keeps their answers. Equal questions in flight are asked once. */
export class Forwarder {
  readonly #options: Required<ForwarderOptions>;
  readonly #cache = new Map<string, Kept>();
  readonly #inFlight = new Map<string, Promise<Buffer | undefined>>();

  constructor(options: ForwarderOptions) {
    this.#options = { timeoutMs: 2000, cacheSize: 10_000, maxTtl: 30, now: Date.now, ...options };
  }

  /** The upstream's answer with the client's id and question; undefined when nobody answers. `tcp`: the client wants the whole answer. */
  async resolve(request: Buffer, query: DnsQuery, tcp: boolean): Promise<Buffer | undefined> {
    const key = `${query.name} ${query.type} ${query.class} ${query.dnssecOk} ${query.udpSize > 0} ${tcp}`;
    const kept = this.#kept(key);
    if (kept) return addressed(kept, request, query);
    let flight = this.#inFlight.get(key);
    if (!flight) {
      flight = this.#ask(request, tcp).finally(() => this.#inFlight.delete(key));
      this.#inFlight.set(key, flight);
      void flight.then((message) => message && this.#keep(key, message));
    }
    const message = await flight;
    return message && addressed(Buffer.from(message), request, query);
  }

  #kept(key: string): Buffer | undefined {
    const kept = this.#cache.get(key);
    if (!kept) return undefined;
    const now = this.#options.now();
    if (now >= kept.expiresAt) {
      this.#cache.delete(key);
      return undefined;
    }
    const message = Buffer.from(kept.message);
    const age = Math.floor((now - kept.storedAt) / 1000);
    for (const at of kept.ttls) message.writeUInt32BE(Math.max(1, message.readUInt32BE(at) - age), at);
    return message;
  }

  #keep(key: string, message: Buffer): void {
    const rcode = message[3]! & 15;
    const cut = (message[2]! & 2) !== 0;
    if (cut || (rcode !== 0 && rcode !== 3)) return;
    try {
      let ttl = this.#options.maxTtl;
      const ttls: number[] = [];
      for (const record of walkRecords(message)) {
        if (record.type === TYPE.OPT) continue;
        ttls.push(record.ttlAt);
        ttl = Math.min(ttl, message.readUInt32BE(record.ttlAt));
      }
      if (ttls.length === 0 || ttl === 0) return;
      // The oldest entry goes: a Map keeps the order of insertion.
      if (this.#cache.size >= this.#options.cacheSize) this.#cache.delete(this.#cache.keys().next().value!);
      const storedAt = this.#options.now();
      this.#cache.set(key, { message, ttls, storedAt, expiresAt: storedAt + ttl * 1000 });
    } catch {
      // A malformed answer is passed on but not kept.
    }
  }

  async #ask(request: Buffer, tcp: boolean): Promise<Buffer | undefined> {
    for (let attempt = 0; attempt < 2; attempt++)
      for (const upstream of this.#options.upstreams) {
        const answer = await (tcp ? askTcp : askUdp)(upstream, request, this.#options.timeoutMs).catch(() => undefined);
        if (answer) return answer;
      }
    return undefined;
  }
}

function addressed(message: Buffer, request: Buffer, query: DnsQuery): Buffer {
  // The question is copied for its letters' case (draft-vixie-dnsext-dns0x20); equal names have equal lengths.
  request.copy(message, 0, 0, 2);
  request.copy(message, 12, 12, query.questionEnd);
  return message;
}

function endpoint(upstream: string): { host: string; port: number } {
  const match = /^\[(.+)\]:(\d+)$/.exec(upstream) ?? /^([^:]+):(\d+)$/.exec(upstream);
  return match ? { host: match[1]!, port: Number(match[2]) } : { host: upstream, port: 53 };
}

/** A fresh socket and id per question: both are what an off-path forger must guess (RFC 5452). */
function askUdp(upstream: string, request: Buffer, timeoutMs: number): Promise<Buffer | undefined> {
  const { host, port } = endpoint(upstream);
  const id = randomInt(65_536);
  const question = Buffer.from(request);
  question.writeUInt16BE(id, 0);
  return new Promise((resolve) => {
    const socket = dgram.createSocket(net.isIPv6(host) ? 'udp6' : 'udp4');
    const finish = (answer?: Buffer) => {
      clearTimeout(timer);
      socket.removeAllListeners('message');
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(finish, timeoutMs);
    socket.once('error', () => finish());
    socket.on('message', (message) => {
      if (message.length >= 12 && message.readUInt16BE(0) === id && message[2]! & 0x80) finish(message);
    });
    // Connected: the kernel drops datagrams from anywhere else and tells of refusals.
    socket.connect(port, host, () => socket.send(question));
  });
}

function askTcp(upstream: string, request: Buffer, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(endpoint(upstream));
    let received = Buffer.alloc(0);
    const finish = (answer?: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish());
    socket.once('error', () => finish());
    socket.once('close', () => finish());
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(request.length);
      socket.write(Buffer.concat([length, request]));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      finish(received.subarray(2, 2 + received.readUInt16BE(0)));
    });
  });
}
