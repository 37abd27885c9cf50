import { type FieldError, fieldError, path } from '@windlass/meta';
import type { Service } from '../../types.gen.ts';
import { isHeadlessByIps } from './validate-cluster-ips.ts';

const FIXED = 'may not change once set';
const POLICY = path('spec', 'ipFamilyPolicy');
const IPS = path('spec', 'clusterIPs');
const FAMILIES = path('spec', 'ipFamilies');

const isExternal = ({ spec }: Service): boolean => spec.type === 'ExternalName';

const notSingleStack = (service: Service, what: string): FieldError[] =>
  service.spec.ipFamilyPolicy === 'SingleStack'
    ? []
    : [
        fieldError.invalid(
          POLICY,
          service.spec.ipFamilyPolicy ?? null,
          `must be set to 'SingleStack' when releasing the secondary ${what}`,
        ),
      ];

/** validateUpgradeDowngradeClusterIPs: the second IP may come and go, the first one stays. */
export function validateClusterIpUpdate(service: Service, old: Service): FieldError[] {
  if (isExternal(service) || isExternal(old)) return [];
  if (isHeadlessByIps(old) && isHeadlessByIps(service)) return [];
  const was = old.spec.clusterIPs ?? [];
  const now = service.spec.clusterIPs ?? [];
  if (was.length === now.length)
    return was.flatMap((ip, i) => (ip === now[i] ? [] : [fieldError.invalid(IPS.index(i), now, FIXED)]));
  const errors: FieldError[] = [];
  if (now.length === 0) errors.push(fieldError.invalid(IPS.index(0), now, 'primary clusterIP can not be unset'));
  else if (was.length > 0 && now[0] !== was[0]) errors.push(fieldError.invalid(IPS.index(0), now, FIXED));
  if (now.length < was.length && now.length === 1) errors.push(...notSingleStack(service, 'clusterIP'));
  return errors;
}

/** validateUpgradeDowngradeIPFamilies */
export function validateFamilyUpdate(service: Service, old: Service): FieldError[] {
  if (isExternal(service) || isExternal(old)) return [];
  if (isHeadlessByIps(old) || isHeadlessByIps(service)) return [];
  const was = old.spec.ipFamilies ?? [];
  const now = service.spec.ipFamilies ?? [];
  const ips = service.spec.clusterIPs ?? [];
  const at = FAMILIES.index(0);
  if (was.length === now.length)
    return was.flatMap((family, i) => (family === now[i] ? [] : [fieldError.invalid(at, now, FIXED)]));
  const errors: FieldError[] = [];
  if (now.length < was.length && ips.length === 0) errors.push(fieldError.invalid(at, now, 'primary ipFamily can not be unset'));
  // Kubernetes shows the IPs here.
  if (was.length > 0 && now.length > 0 && now[0] !== was[0]) errors.push(fieldError.invalid(at, ips, FIXED));
  if (now.length < was.length && now.length === 1) errors.push(...notSingleStack(service, 'ipFamily'));
  return errors;
}
