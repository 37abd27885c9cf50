import { type Cidr, cidrContains, type FieldError, fieldError, type Ip, type Path, parseCidr } from '@windlass/meta';
import { parseLegacyIp } from './legacy-ips.ts';

const networks = (...texts: string[]): Cidr[] => texts.map((text) => parseCidr(text)!);
const LOOPBACK = networks('127.0.0.0/8', '::1/128');
const LINK_LOCAL = networks('169.254.0.0/16', 'fe80::/10');
const LINK_LOCAL_MULTICAST = networks('224.0.0.0/24', 'ff02::/16');

const within = (ip: Ip, all: readonly Cidr[]): boolean => all.some((cidr) => cidrContains(cidr, ip));

/** ValidateNonSpecialIP: what makes no sense as an endpoint or external address. */
export function nonSpecialIp(text: string, at: Path): FieldError[] {
  const ip = parseLegacyIp(text);
  if (!ip) return [fieldError.invalid(at, text, 'must be a valid IP address')];
  const refuse = (detail: string) => [fieldError.invalid(at, text, detail)];
  return [
    ...(ip.value === 0n ? refuse(`may not be unspecified (${text})`) : []),
    ...(within(ip, LOOPBACK) ? refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)') : []),
    ...(within(ip, LINK_LOCAL) ? refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)') : []),
    ...(within(ip, LINK_LOCAL_MULTICAST) ? refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)') : []),
  ];
}
