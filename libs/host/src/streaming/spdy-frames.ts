/**
 * SPDY/3.1 framing (draft-mbelshe-httpbis-spdy-00), as far as a client of a CRI streaming server needs it: that server opens no streams of
 * its own and uses no flow control (moby/spdystream).
 */
export const FLAG_FIN = 1;
const VERSION = 3;
const CONTROL = 0x80;
const TYPES = { synStream: 1, rstStream: 3, goAway: 7, ping: 6 } as const;
const HEADER_BYTES = 8;

export type Frame =
  | { kind: 'data'; streamId: number; fin: boolean; data: Buffer }
  | { kind: 'reset'; streamId: number; code: number }
  | { kind: 'ping'; bytes: Buffer }
  | { kind: 'goAway' }
  | { kind: 'other' };

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

function control(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head[0] = CONTROL;
  head[1] = VERSION;
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(payload.length, 4);
  head[4] = flags;
  return Buffer.concat([head, payload]);
}

/** An empty stored block, which makes the reader hand out what it has. */
const SYNC_FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);

/** Name/value block in zlib form without compression: stored blocks need no dictionary and no state between frames (RFC 1951 3.2.4). */
function headerBlock(headers: Readonly<Record<string, string>>, isFirst: boolean): Buffer {
  const entries = Object.entries(headers);
  const parts = [uint32(entries.length)];
  for (const [name, value] of entries)
    for (const text of [name.toLowerCase(), value]) parts.push(uint32(Buffer.byteLength(text)), Buffer.from(text));
  const plain = Buffer.concat(parts);
  const stored = Buffer.alloc(5);
  stored.writeUInt16LE(plain.length, 1);
  stored.writeUInt16LE(plain.length ^ 0xffff, 3);
  return Buffer.concat([isFirst ? Buffer.from([0x78, 0x01]) : Buffer.alloc(0), stored, plain, SYNC_FLUSH]);
}

/** Opens a stream. `isFirst`: the first header block of this connection. Headers together stay below 64 KiB. */
export const synStream = (streamId: number, headers: Readonly<Record<string, string>>, isFirst: boolean): Buffer =>
  control(TYPES.synStream, 0, Buffer.concat([uint32(streamId), uint32(0), Buffer.from([0, 0]), headerBlock(headers, isFirst)]));

export function dataHead(streamId: number, length: number, fin: boolean): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(streamId);
  head.writeUInt32BE(length, 4);
  head[4] = fin ? FLAG_FIN : 0;
  return head;
}

export const pingFrame = (bytes: Buffer): Buffer => control(TYPES.ping, 0, bytes);

/** Cuts a byte stream into frames; keeps what is not whole yet. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Frame> {
    let bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    while (bytes.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + bytes.readUIntBE(5, 3);
      if (bytes.length < end) break;
      yield parse(bytes.subarray(0, HEADER_BYTES), bytes.subarray(HEADER_BYTES, end));
      bytes = bytes.subarray(end);
    }
    this.#held = bytes;
  }
}

function parse(head: Buffer, payload: Buffer): Frame {
  if ((head[0]! & CONTROL) === 0)
    return { kind: 'data', streamId: head.readUInt32BE(), fin: (head[4]! & FLAG_FIN) !== 0, data: payload };
  switch (head.readUInt16BE(2)) {
    case TYPES.rstStream:
      return { kind: 'reset', streamId: payload.readUInt32BE() & 0x7fffffff, code: payload.readUInt32BE(4) };
    case TYPES.ping:
      return { kind: 'ping', bytes: payload };
    case TYPES.goAway:
      return { kind: 'goAway' };
    default:
      return { kind: 'other' };
  }
}
