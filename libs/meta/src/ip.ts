/** An IP address as a number with its family; canonical text by {@link formatIp}. */
export interface Ip {
  family: 4 | 6;
  value: bigint;
}

/** A network in CIDR notation; `base` has its host bits cleared. */
export interface Cidr {
  family: 4 | 6;
  base: bigint;
  prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Strict: no leading zeros in IPv4 octets, no zone. @returns undefined for anything else */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(':')) {
    const octets = text.split('.');
    if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255))
      return undefined;
    return { family: 4, value: octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n) };
  }
  let tail = text;
  const v4 = text.lastIndexOf(':') < text.indexOf('.') ? parseIp(text.slice(text.lastIndexOf(':') + 1)) : undefined;
  if (text.includes('.')) {
    if (v4?.family !== 4) return undefined;
    tail = `${text.slice(0, text.lastIndexOf(':') + 1)}${(v4.value >> 16n).toString(16)}:${(v4.value & 0xffffn).toString(16)}`;
  }
  const halves = tail.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const count = groups.reduce((n, g) => n + g.length, 0);
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const all = [...groups[0]!, ...Array<string>(8 - count).fill('0'), ...(groups[1] ?? [])];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return { family: 6, value: all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}

/** Canonical text (RFC 5952 for IPv6). */
export function formatIp({ family, value }: Ip): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === '0') length++;
    if (length > best.length) best = { at: i, length };
    i += length;
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** @returns undefined for anything that is no CIDR */
export function parseCidr(text: string): Cidr | undefined {
  const [address, length, more] = text.split('/');
  const ip = parseIp(address ?? '');
  if (!ip || more !== undefined || !/^(0|[1-9]\d{0,2})$/.test(length ?? '') || Number(length) > BITS[ip.family]) return undefined;
  const prefix = Number(length);
  const hostBits = BigInt(BITS[ip.family] - prefix);
  return { family: ip.family, base: (ip.value >> hostBits) << hostBits, prefix };
}

export const formatCidr = (cidr: Cidr): string => `${formatIp({ family: cidr.family, value: cidr.base })}/${cidr.prefix}`;

/** Number of addresses, network and broadcast included. */
export const cidrSize = (cidr: Cidr): bigint => 1n << BigInt(BITS[cidr.family] - cidr.prefix);

export const cidrContains = (cidr: Cidr, ip: Ip): boolean =>
  cidr.family === ip.family && ip.value >= cidr.base && ip.value < cidr.base + cidrSize(cidr);

export const cidrsOverlap = (a: Cidr, b: Cidr): boolean =>
  a.family === b.family && a.base < b.base + cidrSize(b) && b.base < a.base + cidrSize(a);

/** The address `offset` places after the base. @throws RangeError outside the network */
export function cidrAddress(cidr: Cidr, offset: number | bigint): string {
  const value = cidr.base + BigInt(offset);
  if (value < cidr.base || value >= cidr.base + cidrSize(cidr))
    throw new RangeError(`${formatCidr(cidr)} has no address ${offset}`);
  return formatIp({ family: cidr.family, value });
}

/** The `index`-th network of length `prefix` inside `cidr`. @throws RangeError when there is none */
export function subnet(cidr: Cidr, prefix: number, index: number): Cidr {
  const size = 1n << BigInt(BITS[cidr.family] - prefix);
  const base = cidr.base + BigInt(index) * size;
  if (prefix < cidr.prefix || index < 0 || base + size > cidr.base + cidrSize(cidr))
    throw new RangeError(`${formatCidr(cidr)} has no /${prefix} number ${index}`);
  return { family: cidr.family, base, prefix };
}
