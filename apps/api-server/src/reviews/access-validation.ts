import { type AnyObject, type FieldError, fieldError } from '@windlass/meta';
import type { NonResourceAttributes, ResourceAttributes } from '@windlass/resources';

/** The part that all access reviews share; `user` and `groups` only where another may be asked about. */
export interface AccessSpec {
  user?: string;
  groups?: string[];
  uid?: string;
  extra?: Record<string, string[]>;
  resourceAttributes?: ResourceAttributes;
  nonResourceAttributes?: NonResourceAttributes;
}

interface Selector {
  rawSelector?: string;
  requirements?: unknown[];
}

function selectorErrors(selector: Selector | undefined, at: string): FieldError[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector && requirements.length > 0)
    return [fieldError.invalid(`${at}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')];
  if (!rawSelector && requirements.length === 0)
    return [fieldError.required(`${at}.requirements`, `when ${at} is specified, requirements or rawSelector is required`)];
  return [];
}

/** @param about whether the review names its subject */
export function accessErrors(spec: AccessSpec, about: 'self' | 'subject'): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes && nonResourceAttributes)
    errors.push(
      fieldError.invalid(
        'spec.nonResourceAttributes',
        nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  if (!resourceAttributes && !nonResourceAttributes)
    errors.push(
      fieldError.invalid(
        'spec.resourceAttributes',
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  if (about === 'subject' && !spec.user && !spec.groups?.length)
    errors.push(fieldError.invalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified'));
  errors.push(
    ...selectorErrors(resourceAttributes?.fieldSelector, 'spec.resourceAttributes.fieldSelector'),
    ...selectorErrors(resourceAttributes?.labelSelector, 'spec.resourceAttributes.labelSelector'),
  );
  return errors;
}

/** Reviews are not stored and have no metadata; a local one has its namespace. */
export function metadataErrors({ metadata }: AnyObject, namespaced: boolean): FieldError[] {
  const { managedFields: _, namespace, ...rest } = metadata;
  const shown = { ...rest, ...(namespace ? { namespace } : {}) };
  if (Object.keys(rest).length > 0 || (namespace && !namespaced))
    return [fieldError.invalid('metadata', shown, namespaced ? 'must be empty except for namespace' : 'must be empty')];
  return [];
}

/** What only LocalSubjectAccessReview demands. */
export function localErrors(spec: AccessSpec, namespace: string): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes && (resourceAttributes.namespace ?? '') !== namespace)
    errors.push(
      fieldError.invalid(
        'spec.resourceAttributes.namespace',
        resourceAttributes.namespace ?? '',
        'must match metadata.namespace',
      ),
    );
  if (nonResourceAttributes)
    errors.push(fieldError.invalid('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'));
  return errors;
}
