import { type Cidr, formatIp, type Ip, parseCidr, parseIp } from '../../ip.ts';
import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { Opaque } from '../values.ts';

const IP = 'net.IP';
const CIDR = 'net.CIDR';

class IpValue extends Opaque {
  override readonly typeName = IP;
  readonly ip: Ip;
  constructor(ip: Ip) {
    super();
    this.ip = ip;
  }
  override same(other: Opaque): boolean {
    return other instanceof IpValue && other.ip.family === this.ip.family && other.ip.value === this.ip.value;
  }
}

class CidrValue extends Opaque {
  override readonly typeName = CIDR;
  readonly cidr: Cidr;
  /** As written, host bits kept. */
  readonly address: Ip;
  constructor(cidr: Cidr, address: Ip) {
    super();
    this.cidr = cidr;
    this.address = address;
  }
  override same(other: Opaque): boolean {
    return other instanceof CidrValue && textOf(other) === textOf(this);
  }
}

const textOf = ({ cidr, address }: CidrValue): string => `${formatIp(address)}/${cidr.prefix}`;
const mapped = (text: string): boolean => /^::ffff:/i.test(text);

function readIp(text: string): IpValue {
  if (text.includes('%')) throw new CelError(`IP address ${JSON.stringify(text)} with zone value is not allowed`);
  const ip = parseIp(text);
  if (!ip)
    throw new CelError(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    );
  if (mapped(text)) throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return new IpValue(ip);
}

function readCidr(text: string): CidrValue {
  const fail = () =>
    new CelError(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`);
  const [host = '', prefix] = text.split('/');
  const address = parseIp(host);
  const base = prefix !== undefined && /^(0|[1-9]\d*)$/.test(prefix) ? parseCidr(text) : undefined;
  if (base && address) return new CidrValue(base, address);
  // A base with host bits set may be refused by the strict parser.
  const bits = address?.family === 4 ? 32 : 128;
  if (!address || prefix === undefined || !/^(0|[1-9]\d*)$/.test(prefix) || Number(prefix) > bits) throw fail();
  const shift = BigInt(bits - Number(prefix));
  return new CidrValue({ family: address.family, base: (address.value >> shift) << shift, prefix: Number(prefix) }, address);
}

const holds = (read: (text: string) => unknown, text: string): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

const bitsOf = ({ family }: { family: 4 | 6 }): number => (family === 4 ? 32 : 128);

function contains({ cidr }: CidrValue, family: 4 | 6, value: bigint): boolean {
  const shift = BigInt(bitsOf(cidr) - cidr.prefix);
  return family === cidr.family && value >> shift === cidr.base >> shift;
}

const top = ({ family, value }: Ip, bits: number): bigint => value >> BigInt(bitsOf({ family }) - bits);
const isLoopback = (ip: Ip): boolean => (ip.family === 4 ? top(ip, 8) === 127n : ip.value === 1n);
const isMulticast = (ip: Ip): boolean => (ip.family === 4 ? top(ip, 4) === 14n : top(ip, 8) === 0xffn);
const isLinkLocalMulticast = (ip: Ip): boolean =>
  ip.family === 4 ? top(ip, 24) === 0xe00000n : top(ip, 8) === 0xffn && ((ip.value >> 112n) & 15n) === 2n;
const isLinkLocalUnicast = (ip: Ip): boolean => (ip.family === 4 ? top(ip, 16) === 0xa9fen : top(ip, 10) === 0x3fan);
const isGlobalUnicast = (ip: Ip): boolean =>
  ip.value !== 0n &&
  !(ip.family === 4 && ip.value === 0xffffffffn) &&
  !isLoopback(ip) &&
  !isMulticast(ip) &&
  !isLinkLocalUnicast(ip);

function isCanonical(text: string): boolean {
  const { ip } = readIp(text);
  return formatIp(ip) === text;
}

/** k8s.io/apiserver/pkg/cel/library/ip.go and cidr.go */
export const networks = new Library()
  .def('ip', `(string): ${IP}`, readIp)
  .def('isIP', '(string): bool', (text: string) => holds(readIp, text))
  .def('ip.isCanonical', '(string): bool', isCanonical)
  .def('family', `${IP}.(): int`, ({ ip }: IpValue) => BigInt(ip.family))
  .def('isUnspecified', `${IP}.(): bool`, ({ ip }: IpValue) => ip.value === 0n)
  .def('isLoopback', `${IP}.(): bool`, ({ ip }: IpValue) => isLoopback(ip))
  .def('isLinkLocalMulticast', `${IP}.(): bool`, ({ ip }: IpValue) => isLinkLocalMulticast(ip))
  .def('isLinkLocalUnicast', `${IP}.(): bool`, ({ ip }: IpValue) => isLinkLocalUnicast(ip))
  .def('isGlobalUnicast', `${IP}.(): bool`, ({ ip }: IpValue) => isGlobalUnicast(ip))
  .def('string', `(${IP}): string`, ({ ip }: IpValue) => formatIp(ip))
  .def('cidr', `(string): ${CIDR}`, readCidr)
  .def('isCIDR', '(string): bool', (text: string) => holds(readCidr, text))
  .def('containsIP', `${CIDR}.(${IP}): bool`, (cidr: CidrValue, { ip }: IpValue) => contains(cidr, ip.family, ip.value))
  .def('containsIP', `${CIDR}.(string): bool`, (cidr: CidrValue, text: string) => {
    const { ip } = readIp(text);
    return contains(cidr, ip.family, ip.value);
  })
  .def('containsCIDR', `${CIDR}.(${CIDR}): bool`, (a: CidrValue, b: CidrValue) => within(a, b))
  .def('containsCIDR', `${CIDR}.(string): bool`, (a: CidrValue, text: string) => within(a, readCidr(text)))
  .def('ip', `${CIDR}.(): ${IP}`, ({ address }: CidrValue) => new IpValue(address))
  .def('masked', `${CIDR}.(): ${CIDR}`, ({ cidr }: CidrValue) => new CidrValue(cidr, { family: cidr.family, value: cidr.base }))
  .def('prefixLength', `${CIDR}.(): int`, ({ cidr }: CidrValue) => BigInt(cidr.prefix))
  .def('string', `(${CIDR}): string`, textOf);

function within(outer: CidrValue, inner: CidrValue): boolean {
  return inner.cidr.prefix >= outer.cidr.prefix && contains(outer, inner.cidr.family, inner.cidr.base);
}
