import {
  type DnsQuery,
  type DnsRecord,
  type DnsResolver,
  type EncodedBody,
  encodeBody,
  type Forwarder,
  parseQuery,
  RCODE,
  TYPE,
  walkRecords,
} from '@windlass/host';
import type { ClusterZone } from './zone.ts';

const MAX_KEPT = 20_000;
/** Orders in which several addresses are handed out. */
const ROTATIONS = 8;

/** Answers from the zone, encoded once per question and kept until {@link invalidate}; everything else goes to the forwarder. */
export class ClusterResolver {
  readonly #zone: ClusterZone;
  readonly #forwarder: Forwarder;
  readonly #kept = new Map<string, EncodedBody[] | 'elsewhere'>();
  #turn = 0;

  constructor(zone: ClusterZone, forwarder: Forwarder) {
    this.#zone = zone;
    this.#forwarder = forwarder;
  }

  /** Call after any change of what the zone reads. */
  invalidate(): void {
    if (this.#kept.size > 0) this.#kept.clear();
  }

  readonly resolve: DnsResolver = (query, request, tcp) => {
    if (query.class !== 1) return encodeBody(query.name, { rcode: RCODE.REFUSED, authoritative: false, answers: [] });
    const key = `${query.name} ${query.type}`;
    let kept = this.#kept.get(key);
    if (!kept) {
      kept = this.#encode(query);
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
      this.#kept.set(key, kept);
    }
    if (kept === 'elsewhere') return this.#elsewhere(query, request, tcp);
    this.#turn = (this.#turn + 1) | 0;
    return kept[(this.#turn >>> 0) % kept.length]!;
  };

  #encode({ name, type }: DnsQuery): EncodedBody[] | 'elsewhere' {
    const answer = this.#zone.resolve(name, type);
    if (!answer) return 'elsewhere';
    const alias = answer.answers[0];
    if (alias?.type === 'CNAME' && type !== TYPE.CNAME && type !== TYPE.ANY) return 'elsewhere';
    const count = Math.min(ROTATIONS, Math.max(1, answer.answers.length));
    return Array.from({ length: count }, (_, by) =>
      encodeBody(name, { ...answer, answers: [...answer.answers.slice(by), ...answer.answers.slice(0, by)] }),
    );
  }

  async #elsewhere(query: DnsQuery, request: Buffer, tcp: boolean): Promise<Buffer | EncodedBody | undefined> {
    const own = this.#zone.resolve(query.name, query.type);
    const alias = own?.answers[0];
    if (!own || alias?.type !== 'CNAME') return this.#forwarder.resolve(request, query, tcp);
    const answers = [alias, ...(await this.#follow(alias.target, query, tcp))];
    return encodeBody(query.name, { ...own, answers });
  }

  /** Addresses behind an ExternalName; without them the client still has the CNAME. */
  async #follow(target: string, { type }: DnsQuery, tcp: boolean): Promise<DnsRecord[]> {
    const own = this.#zone.resolve(target, type);
    if (own) return own.answers;
    if (type !== TYPE.A && type !== TYPE.AAAA) return [];
    const request = questionFor(target, type);
    const message = await this.#forwarder.resolve(request, parseQuery(request), tcp);
    return message ? addressesIn(message, target, type) : [];
  }
}

function questionFor(name: string, type: number): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  const header = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, type >> 8, type & 255, 0, 1])]);
}

/** Names in between (a chain of CNAMEs) are left out: all addresses are given to the target's name. */
function addressesIn(message: Buffer, name: string, wanted: number): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (const { type, ttlAt, dataAt, length } of walkRecords(message)) {
    if (type !== wanted) continue;
    const ttl = message.readUInt32BE(ttlAt);
    const data = message.subarray(dataAt, dataAt + length);
    if (type === TYPE.A && length === 4) records.push({ name, ttl, type: 'A', address: [...data].join('.') });
    else if (type === TYPE.AAAA && length === 16)
      records.push({ name, ttl, type: 'AAAA', address: data.toString('hex').replace(/(.{4})(?=.)/g, '$1:') });
  }
  return records;
}
