import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { qualifiedName } from '../../fields/names.ts';
import { HUGE_PAGES, isStandardResource } from '../../podspec/resource-names.ts';

const QUOTA: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
]);

/** IsStandardQuotaResourceName */
export const isQuotaResource = (name: string): boolean =>
  QUOTA.has(name) || name.startsWith(HUGE_PAGES) || name.startsWith(`requests.${HUGE_PAGES}`);

/** ValidateResourceQuotaResourceName */
export function quotaResourceName(name: string, at: Path): FieldError[] {
  const errors = qualifiedName(name, at);
  if (errors.length === 0 && !name.includes('/') && !isStandardResource(name) && !isQuotaResource(name))
    errors.push(fieldError.invalid(at, name, 'must be a standard resource type or fully qualified'));
  if (!name.includes('/') && !isQuotaResource(name))
    errors.push(fieldError.invalid(at, name, 'must be a standard resource for quota'));
  return errors;
}
