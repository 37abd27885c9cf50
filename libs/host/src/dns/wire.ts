/** DNS messages on the wire: RFC 1035, SRV of RFC 2782, EDNS(0) of RFC 6891. Names are lower-case texts without the final dot. */
export const TYPE = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, ANY: 255 } as const;
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

export type DnsRecord = { name: string; ttl: number } & (
  | { type: 'A' | 'AAAA'; address: string }
  | { type: 'CNAME' | 'PTR' | 'NS'; target: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string }
  | { type: 'TXT'; texts: string[] }
  | {
      type: 'SOA';
      primary: string;
      mailbox: string;
      serial: number;
      refresh: number;
      retry: number;
      expire: number;
      minimum: number;
    }
);

export interface DnsAnswer {
  rcode: number;
  authoritative: boolean;
  answers: DnsRecord[];
  authority?: DnsRecord[];
  additional?: DnsRecord[];
}

export interface DnsQuery {
  id: number;
  recursionDesired: boolean;
  opcode: number;
  /** Lower case, without the final dot. */
  name: string;
  type: number;
  class: number;
  /** Offset behind the question. */
  questionEnd: number;
  /** What the client accepts over UDP; 0 without EDNS. */
  udpSize: number;
  dnssecOk: boolean;
}

export class DnsFormatError extends Error {
  override name = 'DnsFormatError';
}

/** Reads a name; `next` is the offset behind it. Follows compression pointers, backwards only, so that it ends. */
export function readName(message: Buffer, at: number): { name: string; next: number } {
  let name = '';
  let next = -1;
  let limit = at;
  for (;;) {
    const length = message[at];
    if (length === undefined) throw new DnsFormatError('name runs out of the message');
    if (length === 0) break;
    if (length >= 0xc0) {
      if (at + 1 >= message.length) throw new DnsFormatError('cut pointer');
      const pointer = ((length & 0x3f) << 8) | message[at + 1]!;
      if (next < 0) next = at + 2;
      if (pointer >= limit) throw new DnsFormatError('pointer does not point back');
      at = limit = pointer;
      continue;
    }
    if (length > 63 || at + 1 + length > message.length) throw new DnsFormatError('bad label');
    const label = message.toString('latin1', at + 1, at + 1 + length);
    name = name === '' ? label : `${name}.${label}`;
    if (name.length > 253) throw new DnsFormatError('name too long');
    at += length + 1;
  }
  return { name: name.toLowerCase(), next: next < 0 ? at + 1 : next };
}

/** @throws DnsFormatError for anything but a query with one question */
export function parseQuery(message: Buffer): DnsQuery {
  if (message.length < 12) throw new DnsFormatError('short header');
  const flags = message.readUInt16BE(2);
  if (flags & 0x8000) throw new DnsFormatError('not a query');
  if (message.readUInt16BE(4) !== 1) throw new DnsFormatError('want one question');
  const { name, next } = readName(message, 12);
  if (next + 4 > message.length) throw new DnsFormatError('cut question');
  const query: DnsQuery = {
    id: message.readUInt16BE(0),
    recursionDesired: (flags & 0x0100) !== 0,
    opcode: (flags >> 11) & 15,
    name,
    type: message.readUInt16BE(next),
    class: message.readUInt16BE(next + 2),
    questionEnd: next + 4,
    udpSize: 0,
    dnssecOk: false,
  };
  if (message.readUInt16BE(10) > 0) readOpt(message, query);
  return query;
}

function readOpt(message: Buffer, query: DnsQuery): void {
  let at = query.questionEnd;
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  for (let i = 0; i < count; i++) {
    const { next } = readName(message, at);
    if (next + 10 > message.length) throw new DnsFormatError('cut record');
    if (message.readUInt16BE(next) === TYPE.OPT) {
      query.udpSize = Math.max(512, message.readUInt16BE(next + 2));
      query.dnssecOk = (message.readUInt16BE(next + 6) & 0x8000) !== 0;
      return;
    }
    at = next + 10 + message.readUInt16BE(next + 8);
  }
}

/** Everything behind the question of an answer, and the counts of its sections. Depends on the question's length, not on its letters' case. */
export interface EncodedBody {
  rcode: number;
  authoritative: boolean;
  counts: [answers: number, authority: number, additional: number];
  bytes: Buffer;
}

class Writer {
  buffer = Buffer.allocUnsafe(4096);
  at = 0;
  readonly #base: number;
  readonly #names = new Map<string, number>();
  constructor(base: number, question: string) {
    this.#base = base;
    // Every suffix of the question's name can be pointed to.
    let offset = 12;
    for (let name = question; name; name = parent(name)) {
      this.#names.set(name, offset);
      offset += (name.indexOf('.') < 0 ? name.length : name.indexOf('.')) + 1;
    }
  }
  reserve(size: number): void {
    if (this.at + size <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + size));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }
  u16(value: number): void {
    this.reserve(2);
    this.at = this.buffer.writeUInt16BE(value, this.at);
  }
  u32(value: number): void {
    this.reserve(4);
    this.at = this.buffer.writeUInt32BE(value >>> 0, this.at);
  }
  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }
  name(name: string): void {
    for (let rest = name; rest; rest = parent(rest)) {
      const known = this.#names.get(rest);
      if (known !== undefined) {
        this.u16(0xc000 | known);
        return;
      }
      if (this.#base + this.at < 0x3fff) this.#names.set(rest, this.#base + this.at);
      const label = Buffer.from(rest.indexOf('.') < 0 ? rest : rest.slice(0, rest.indexOf('.')), 'latin1');
      this.bytes(Uint8Array.of(label.length));
      this.bytes(label);
    }
    this.bytes(Uint8Array.of(0));
  }
  record(record: DnsRecord): void {
    this.name(record.name);
    this.u16(TYPE[record.type]);
    this.u16(1);
    this.u32(record.ttl);
    const lengthAt = this.at;
    this.u16(0);
    this.#data(record);
    this.buffer.writeUInt16BE(this.at - lengthAt - 2, lengthAt);
  }
  #data(record: DnsRecord): void {
    switch (record.type) {
      case 'A':
        this.bytes(Uint8Array.from(record.address.split('.'), Number));
        return;
      case 'AAAA':
        this.bytes(ipv6Bytes(record.address));
        return;
      case 'CNAME':
      case 'PTR':
      case 'NS':
        this.name(record.target);
        return;
      case 'SRV':
        for (const value of [record.priority, record.weight, record.port]) this.u16(value);
        this.name(record.target);
        return;
      case 'TXT':
        for (const text of record.texts) {
          const bytes = Buffer.from(text, 'utf8').subarray(0, 255);
          this.bytes(Uint8Array.of(bytes.length));
          this.bytes(bytes);
        }
        return;
      case 'SOA':
        this.name(record.primary);
        this.name(record.mailbox);
        for (const value of [record.serial, record.refresh, record.retry, record.expire, record.minimum]) this.u32(value);
    }
  }
}

const parent = (name: string): string => (name.indexOf('.') < 0 ? '' : name.slice(name.indexOf('.') + 1));

function ipv6Bytes(address: string): Uint8Array {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}

/** Encodes the sections behind a question whose name is `question`. */
export function encodeBody(question: string, answer: DnsAnswer): EncodedBody {
  const writer = new Writer(12 + (question ? question.length + 2 : 1) + 4, question);
  const sections = [answer.answers, answer.authority ?? [], answer.additional ?? []] as const;
  for (const section of sections) for (const record of section) writer.record(record);
  return {
    rcode: answer.rcode,
    authoritative: answer.authoritative,
    counts: [sections[0].length, sections[1].length, sections[2].length],
    bytes: Buffer.from(writer.buffer.subarray(0, writer.at)),
  };
}

/** What we accept over UDP ourselves: fits every link without fragments (DNS flag day 2020). */
const UDP_SIZE = 1232;

/** A whole message: header and the client's own question, then the body; over UDP cut to an empty TC answer when too long. */
export function assemble(request: Buffer, query: DnsQuery, body: EncodedBody, udp: boolean): Buffer {
  const opt = query.udpSize > 0 ? 11 : 0;
  const limit = udp ? Math.max(512, Math.min(query.udpSize, UDP_SIZE)) : 65_535;
  const full = query.questionEnd + body.bytes.length + opt;
  const fits = full <= limit;
  const size = fits ? full : query.questionEnd + opt;
  const out = Buffer.allocUnsafe(size);
  request.copy(out, 0, 0, query.questionEnd);
  out[2] = 0x80 | (query.opcode << 3) | (body.authoritative ? 4 : 0) | (fits ? 0 : 2) | (query.recursionDesired ? 1 : 0);
  out[3] = 0x80 | body.rcode;
  out.writeUInt16BE(fits ? body.counts[0] : 0, 6);
  out.writeUInt16BE(fits ? body.counts[1] : 0, 8);
  out.writeUInt16BE((fits ? body.counts[2] : 0) + (opt ? 1 : 0), 10);
  if (fits) body.bytes.copy(out, query.questionEnd);
  if (opt) {
    const at = size - opt;
    out.fill(0, at);
    out.writeUInt16BE(TYPE.OPT, at + 1);
    out.writeUInt16BE(UDP_SIZE, at + 3);
    if (query.dnssecOk) out.writeUInt16BE(0x8000, at + 7);
  }
  return out;
}

/** Visits every record behind the question: its type, and where its TTL and data are. */
export function* walkRecords(message: Buffer): Generator<{ type: number; ttlAt: number; dataAt: number; length: number }> {
  let at = 12;
  for (let i = message.readUInt16BE(4); i > 0; i--) at = readName(message, at).next + 4;
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  for (let i = 0; i < count; i++) {
    const { next } = readName(message, at);
    if (next + 10 > message.length) throw new DnsFormatError('cut record');
    const length = message.readUInt16BE(next + 8);
    yield { type: message.readUInt16BE(next), ttlAt: next + 4, dataAt: next + 10, length };
    at = next + 10 + length;
  }
}
