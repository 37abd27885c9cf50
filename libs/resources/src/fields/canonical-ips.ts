import { type FieldError, fieldError, formatCidr, formatIp, type Path, parseCidr, parseIp } from '@windlass/meta';
import { NOT_AN_IP } from './ips.ts';
import { NOT_A_CIDR, parseLegacyCidr, parseLegacyIp } from './legacy-ips.ts';

/** IsValidIP: well-formed, and written in the one canonical way. Texts only. */
export function canonicalIpTexts(value: string): string[] {
  const ip = parseLegacyIp(value);
  if (!ip) return [NOT_AN_IP];
  const strict = parseIp(value);
  if (!strict) return ['must not have leading 0s'];
  if (strict.family !== ip.family) return ['must not be an IPv4-mapped IPv6 address'];
  const canonical = formatIp(ip);
  return canonical === value ? [] : [`must be in canonical form ("${canonical}")`];
}

export const canonicalIp = (value: string, at: Path): FieldError[] =>
  canonicalIpTexts(value).map((text) => fieldError.invalid(at, value, text));

function canonicalCidrTexts(value: string): string[] {
  const parsed = parseLegacyCidr(value);
  if (!parsed) return [NOT_A_CIDR];
  const strict = parseCidr(value);
  if (!strict) return ['must not have leading 0s in IP or prefix length'];
  if (strict.family !== parsed.cidr.family) return ['must not have an IPv4-mapped IPv6 address'];
  if (parsed.ip.value !== parsed.cidr.base) return ['must not have bits set beyond the prefix length'];
  const canonical = formatCidr(parsed.cidr);
  return canonical === value ? [] : [`must be in canonical form ("${canonical}")`];
}

/** IsValidCIDR */
export const canonicalCidr = (value: string, at: Path): FieldError[] =>
  canonicalCidrTexts(value).map((text) => fieldError.invalid(at, value, text));
