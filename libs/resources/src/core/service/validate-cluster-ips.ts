import { type FieldError, fieldError, path } from '@windlass/meta';
import { legacyIp, parseLegacyIp } from '../../fields/legacy-ips.ts';
import type { Service } from '../../types.gen.ts';
import { HEADLESS } from './needs.ts';

const SPEC = path('spec');
const CLUSTER_IPS = SPEC.child('clusterIPs');
const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

const isV6 = (ip: string): boolean => parseLegacyIp(ip)?.family === 6;

/** Headless by clusterIPs: the one value `None`. */
export const isHeadlessByIps = ({ spec }: Service): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === HEADLESS;

function checkPair({ spec }: Service): FieldError[] {
  const { clusterIP = '', clusterIPs = [] } = spec;
  if (clusterIP === '')
    return clusterIPs.length === 0
      ? []
      : [fieldError.invalid(CLUSTER_IPS, clusterIPs, 'must be empty when `clusterIP` is not specified')];
  if (clusterIPs.length === 0) return [fieldError.required(CLUSTER_IPS)];
  return clusterIPs[0] === clusterIP ? [] : [fieldError.invalid(CLUSTER_IPS, clusterIPs, 'first value must match `clusterIP`')];
}

function checkFamilies({ spec }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    const at = SPEC.child('ipFamilies').index(i);
    if (!FAMILIES.includes(family)) errors.push(fieldError.notSupported(at, family, FAMILIES));
    if (seen.has(family)) errors.push(fieldError.duplicate(at, family));
    seen.add(family);
  }
  if (spec.ipFamilyPolicy !== undefined && !POLICIES.includes(spec.ipFamilyPolicy))
    errors.push(fieldError.notSupported(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy, POLICIES));
  return errors;
}

/** `bad`: something is wrong enough that the IPs' families cannot be judged. */
function checkIps(ips: readonly string[]): { errors: FieldError[]; bad: boolean } {
  const errors: FieldError[] = [];
  for (const [i, ip] of ips.entries()) {
    if (i === 0 && ip === HEADLESS) {
      if (ips.length > 1) errors.push(fieldError.invalid(CLUSTER_IPS, ips, "'None' must be the first and only value"));
      continue;
    }
    errors.push(...legacyIp(ip, CLUSTER_IPS.index(i)));
  }
  const bad = errors.length > 0;
  if (ips.length > 2) errors.push(fieldError.invalid(CLUSTER_IPS, ips, 'may only hold up to 2 values'));
  return { errors, bad };
}

function checkDualStack(service: Service): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = service.spec;
  const errors: FieldError[] = [];
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(isV6)).size < 2)
    errors.push(fieldError.invalid(CLUSTER_IPS, clusterIPs, 'may specify no more than one IP for each IP family'));
  if (isHeadlessByIps(service)) return errors;
  for (const [i, ip] of clusterIPs.slice(0, ipFamilies.length).entries()) {
    const family = ipFamilies[i]!;
    if ((family === 'IPv4' && isV6(ip)) || (family === 'IPv6' && !isV6(ip)))
      errors.push(
        fieldError.invalid(CLUSTER_IPS.index(i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``),
      );
  }
  return errors;
}

/** ValidateServiceClusterIPsRelatedFields: clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy among themselves. */
export function validateClusterIps(service: Service): FieldError[] {
  if (service.spec.type === 'ExternalName') return [];
  const { errors, bad } = checkIps(service.spec.clusterIPs ?? []);
  const all = [...checkPair(service), ...checkFamilies(service), ...errors];
  return bad ? all : [...all, ...checkDualStack(service)];
}
