import {
  type Cidr,
  cidrSize,
  type FieldError,
  fieldError,
  formatCidr,
  formatIp,
  type Ip,
  type Path,
  parseCidr,
  parseIp,
} from '@windlass/meta';
import { NOT_AN_IP } from './ips.ts';

export const NOT_A_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const MAPPED = 0xffffn << 32n;

/** IPv4 as IPv6 (`::ffff:1.2.3.4`), which Go's net.IP takes for IPv4. */
const unmapped = (ip: Ip): Ip =>
  ip.family === 6 && ip.value >> 32n === MAPPED >> 32n ? { family: 4, value: ip.value & 0xffffffffn } : ip;

const withoutLeadingZeros = (text: string): string => (text.includes(':') ? text : text.replace(/(^|\.)0+(?=\d)/g, '$1'));

/** ParseIPSloppy: as older Kubernetes read addresses, with leading zeros. */
export function parseLegacyIp(text: string): Ip | undefined {
  const ip = parseIp(withoutLeadingZeros(text));
  return ip && unmapped(ip);
}

const isMapped = (text: string): boolean => {
  const ip = parseIp(text);
  return ip?.family === 6 && unmapped(ip).family === 4;
};

/** ParseCIDRSloppy */
export function parseLegacyCidr(text: string): { ip: Ip; cidr: Cidr } | undefined {
  const [address = '', length = '', more] = text.split('/');
  if (more !== undefined || !/^\d+$/.test(length)) return undefined;
  const cidr = parseCidr(`${withoutLeadingZeros(address)}/${Number(length)}`);
  const ip = parseIp(withoutLeadingZeros(address));
  if (!cidr || !ip) return undefined;
  const four = unmapped(ip);
  if (four.family === ip.family || cidr.prefix < 96) return { ip, cidr };
  const base = (four.value >> BigInt(128 - cidr.prefix)) << BigInt(128 - cidr.prefix);
  return { ip: four, cidr: { family: 4, base, prefix: cidr.prefix - 96 } };
}

/** IsValidIPForLegacyField */
export const legacyIp = (value: string, at: Path): FieldError[] =>
  parseLegacyIp(value) ? [] : [fieldError.invalid(at, value, NOT_AN_IP)];

/** IsValidCIDRForLegacyField */
export const legacyCidr = (value: string, at: Path): FieldError[] =>
  parseLegacyCidr(value) ? [] : [fieldError.invalid(at, value, NOT_A_CIDR)];

/** GetWarningsForIP: forms that are to be refused one day. */
export function legacyIpWarnings(value: string, at: Path): string[] {
  const ip = parseLegacyIp(value);
  if (!ip) return [];
  const canonical = formatIp(ip);
  const quoted = JSON.stringify(value);
  if (!parseIp(value) || isMapped(value))
    return [
      `${at}: non-standard IP address ${quoted} will be considered invalid in a future Kubernetes release: use "${canonical}"`,
    ];
  return ip.family === 6 && canonical !== value
    ? [`${at}: IPv6 address ${quoted} should be in RFC 5952 canonical format ("${canonical}")`]
    : [];
}

/** GetWarningsForCIDR */
export function legacyCidrWarnings(value: string, at: Path): string[] {
  const parsed = parseLegacyCidr(value);
  if (!parsed) return [];
  const { ip, cidr } = parsed;
  const canonical = formatCidr(cidr);
  const quoted = JSON.stringify(value);
  const warnings: string[] = [];
  if (ip.value !== cidr.base) {
    const single = `${formatIp(ip)}/${ip.family === 4 ? 32 : 128}`;
    warnings.push(`${at}: CIDR value ${quoted} is ambiguous in this context (should be "${canonical}" or "${single}"?)`);
  }
  if (!parseCidr(value) || isMapped(value.split('/')[0]!))
    warnings.push(
      `${at}: non-standard CIDR value ${quoted} will be considered invalid in a future Kubernetes release: use "${canonical}"`,
    );
  if (warnings.length === 0 && cidr.family === 6 && canonical !== value)
    warnings.push(`${at}: IPv6 CIDR value ${quoted} should be in RFC 5952 canonical format ("${canonical}")`);
  return warnings;
}

/** Whether `inner` lies within `outer` and is smaller. */
export const isStrictSubset = (inner: Cidr, outer: Cidr): boolean =>
  inner.family === outer.family &&
  inner.prefix > outer.prefix &&
  inner.base >= outer.base &&
  inner.base < outer.base + cidrSize(outer);
