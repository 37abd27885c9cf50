import { type FieldError, fieldError, type Path, validateQualifiedName } from '@windlass/meta';
import { qualifiedName } from '../../fields/names.ts';
import {
  HUGE_PAGES,
  isExtendedResource,
  isNativeResource,
  isStandardContainerResource,
  isStandardResource,
} from '../../podspec/resource-names.ts';

/** validateResourceName */
export function resourceName(name: string, at: Path): FieldError[] {
  const errors = qualifiedName(name, at);
  if (errors.length > 0 || name.includes('/') || isStandardResource(name)) return errors;
  return [fieldError.invalid(at, name, 'must be a standard resource type or fully qualified')];
}

/** validateContainerResourceName */
export function containerResourceName(name: string, at: Path): FieldError[] {
  const errors = resourceName(name, at);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name))
      errors.push(fieldError.invalid(at, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !(isExtendedResource(name) && validateQualifiedName(`requests.${name}`).length === 0))
    errors.push(fieldError.invalid(at, name, "doesn't follow extended resource name standard"));
  return errors;
}

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
