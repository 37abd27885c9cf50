import { type FieldError, fieldError, path } from '@windlass/meta';
import { parseLegacyIp } from '../../fields/legacy-ips.ts';
import type { Service } from '../../types.gen.ts';
import { HEADLESS, hasSelector, isHeadless, sameList } from './needs.ts';
import { validateClusterIps } from './validate-cluster-ips.ts';

export type IpFamily = 'IPv4' | 'IPv6';

export const familyOfIp = (ip: string): IpFamily | undefined => {
  const parsed = parseLegacyIp(ip);
  return parsed && (parsed.family === 4 ? 'IPv4' : 'IPv6');
};

const POLICY = path('spec', 'ipFamilyPolicy');
const otherFamily = (family: string): IpFamily => (family === 'IPv4' ? 'IPv6' : 'IPv4');
const clusterTypes: readonly unknown[] = ['ClusterIP', 'NodePort', 'LoadBalancer'];
const sameIps = (a: Service, b: Service): boolean => sameList(a.spec.clusterIPs, b.spec.clusterIPs);
const sameFamilies = (a: Service, b: Service): boolean => sameList(a.spec.ipFamilies, b.spec.ipFamilies);
const reduced = (now: readonly unknown[] | undefined, was: readonly unknown[] | undefined): boolean =>
  (now?.length ?? 0) > 0 && now!.length < (was?.length ?? 0);

/** A PreferDualStack service is neither upgraded nor downgraded because the cluster's families changed. */
export const keepsPreferDualStack = (service: Service, old: Service | undefined): boolean =>
  old !== undefined &&
  old.spec.type === service.spec.type &&
  clusterTypes.includes(service.spec.type) &&
  service.spec.ipFamilyPolicy === 'PreferDualStack' &&
  (old.spec.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
  sameIps(service, old) &&
  sameFamilies(service, old);

function defaultPolicy(service: Service, old: Service | undefined): void {
  service.spec.ipFamilyPolicy ??=
    old?.spec.ipFamilyPolicy ?? (isHeadless(service) && !hasSelector(service) ? 'RequireDualStack' : 'SingleStack');
}

/** Setting SingleStack is enough to give the second IP back; anything else that shortens the lists is refused. */
function downgrade(service: Service, old: Service): FieldError[] {
  const { spec } = service;
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (sameIps(old, service) && spec.clusterIPs) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
    if (sameFamilies(old, service) && spec.ipFamilies) spec.ipFamilies = spec.ipFamilies.slice(0, 1);
    return [];
  }
  const refuse = (what: string) =>
    fieldError.invalid(POLICY, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
  return [
    ...(reduced(spec.clusterIPs, old.spec.clusterIPs) ? [refuse('cluster IP')] : []),
    ...(reduced(spec.ipFamilies, old.spec.ipFamilies) ? [refuse('IP family')] : []),
  ];
}

function checkPolicy({ spec }: Service): FieldError[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return [];
  const refuse = (what: string) =>
    fieldError.invalid(
      POLICY,
      spec.ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(spec.clusterIPs?.length === 2 ? [refuse('cluster IPs')] : []),
    ...(spec.ipFamilies?.length === 2 ? [refuse('IP families')] : []),
  ];
}

/** Families that follow from the given IPs. */
function inferFamilies({ spec }: Service, configured: readonly IpFamily[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === HEADLESS) break;
    const family = familyOfIp(ip);
    if (family === undefined || i < (spec.ipFamilies?.length ?? 0)) continue;
    if (configured.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else
      errors.push(
        fieldError.invalid(path('spec', 'clusterIPs').index(i), spec.clusterIPs, `${family} is not configured on this cluster`),
      );
  }
  return errors;
}

/**
 * Fills ipFamilyPolicy and ipFamilies as initIPFamilyFields of Kubernetes' service storage does. `configured`: the families of the
 * cluster's service networks, the default one first.
 */
export function initIpFamilies(service: Service, old: Service | undefined, configured: readonly IpFamily[]): FieldError[] {
  const { spec } = service;
  if (spec.type === 'ExternalName' || keepsPreferDualStack(service, old)) return [];
  defaultPolicy(service, old);
  const malformed = validateClusterIps(service);
  if (malformed.length > 0) return malformed;
  const errors = [...(old ? downgrade(service, old) : []), ...checkPolicy(service), ...inferFamilies(service, configured)];
  if (errors.length > 0) return errors;
  const single = spec.ipFamilyPolicy === 'SingleStack';
  const free = isHeadless(service) && !hasSelector(service);
  if (!free) {
    if (spec.ipFamilyPolicy === 'RequireDualStack' && configured.length < 2)
      errors.push(fieldError.invalid(POLICY, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
    for (const [i, family] of (spec.ipFamilies ?? []).entries())
      if (!configured.includes(family as IpFamily))
        errors.push(fieldError.invalid(path('spec', 'ipFamilies').index(i), family, 'not configured on this cluster'));
    if (errors.length > 0) return errors;
  }
  if (!spec.ipFamilies?.length) spec.ipFamilies = [configured[0]!];
  if (!single && spec.ipFamilies.length === 1 && (free || configured.length === 2))
    spec.ipFamilies = [spec.ipFamilies[0]!, otherFamily(spec.ipFamilies[0]!)];
  return [];
}
