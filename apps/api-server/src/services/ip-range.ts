import { type Cidr, cidrSize } from '@windlass/meta';

/**
 * The addresses of a service network that may be given: neither the network's nor (IPv4) the broadcast address. Below `dynamic` lies the
 * band that is left to services which name their address, as long as there are others (KEP-3070).
 */
export interface AddressRange {
  first: bigint;
  dynamic: bigint;
  last: bigint;
}

const MIN_BAND = 16n;
const MAX_BAND = 256n;
const BAND_DIVISOR = 16n;

function staticBand(size: bigint): bigint {
  if (size <= MIN_BAND) return 0n;
  const band = size / BAND_DIVISOR;
  return band < MIN_BAND ? MIN_BAND : band > MAX_BAND ? MAX_BAND : band;
}

export function addressRange(cidr: Cidr): AddressRange {
  const size = cidrSize(cidr);
  const first = cidr.base + 1n;
  return { first, dynamic: first + staticBand(size), last: cidr.base + size - (cidr.family === 4 ? 2n : 1n) };
}

export const inRange = ({ first, last }: AddressRange, value: bigint): boolean => value >= first && value <= last;

/** Every value from `from` to `to`, once, starting somewhere (`random` in [0, 1)). */
export function* around(from: bigint, to: bigint, random: number): Generator<bigint> {
  const size = to - from + 1n;
  if (size <= 0n) return;
  const start = (size * BigInt(Math.floor(random * 2 ** 32))) >> 32n;
  for (let i = 0n; i < size; i++) yield from + ((start + i) % size);
}

/** All addresses in the order in which they are tried. */
export function* candidates({ first, dynamic, last }: AddressRange, random: () => number): Generator<bigint> {
  yield* around(dynamic, last, random());
  yield* around(first, dynamic - 1n < last ? dynamic - 1n : last, random());
}
