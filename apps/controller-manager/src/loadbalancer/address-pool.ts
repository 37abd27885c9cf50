import { type Cidr, formatIp, type Ip, parseCidr, parseIp } from '@windlass/meta';

interface Range {
  family: 4 | 6;
  first: bigint;
  last: bigint;
}

/**
 * A pool of addresses, each held by at most one owner.
 * Ranges are `first-last`, or networks; of an IPv4 network the first and the last address are left out.
 */
export class AddressPool {
  readonly #ranges: Range[];
  readonly #owners = new Map<string, string>();

  /** @throws Error for a range that cannot be read */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(parseRange);
  }

  contains(address: string): boolean {
    const ip = parseIp(address);
    return !!ip && this.#ranges.some((range) => inRange(range, ip));
  }

  /** @returns false when the address is not of this pool or held by somebody else */
  occupy(address: string, owner: string): boolean {
    if (!this.contains(address)) return false;
    const holder = this.#owners.get(address);
    if (holder !== undefined && holder !== owner) return false;
    this.#owners.set(address, owner);
    return true;
  }

  /** The lowest free address of a family; undefined: none is left. */
  take(owner: string, family: 4 | 6): string | undefined {
    for (const range of this.#ranges) {
      if (range.family !== family) continue;
      for (let value = range.first; value <= range.last; value++) {
        const address = formatIp({ family, value });
        if (!this.#owners.has(address)) {
          this.#owners.set(address, owner);
          return address;
        }
      }
    }
    return undefined;
  }

  /** Gives back what `owner` holds, but for `keep`. */
  release(owner: string, keep: readonly string[] = []): void {
    for (const [address, holder] of this.#owners) if (holder === owner && !keep.includes(address)) this.#owners.delete(address);
  }
}

const inRange = ({ family, first, last }: Range, ip: Ip) => ip.family === family && ip.value >= first && ip.value <= last;

function parseRange(text: string): Range {
  const cidr = parseCidr(text);
  if (cidr) return networkRange(cidr);
  const [first, last, more] = text.split('-').map((part) => parseIp(part.trim()));
  if (!first || !last || more || first.family !== last.family || first.value > last.value)
    throw new Error(`load balancer pool ${text}: want FIRST-LAST or a network such as 192.0.2.0/28`);
  return { family: first.family, first: first.value, last: last.value };
}

function networkRange({ family, base, prefix }: Cidr): Range {
  const size = 1n << BigInt((family === 4 ? 32 : 128) - prefix);
  const edge = family === 4 && size > 2n ? 1n : 0n;
  return { family, first: base + edge, last: base + size - 1n - edge };
}
