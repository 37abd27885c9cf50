import { type FieldError, fieldError, labelSelectorMatcher, path } from '@windlass/meta';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { builtin } from '../generic/definition.ts';
import { unsetEmpty } from '../generic/unset-empty.ts';
import type { ClusterRole } from '../types.gen.ts';
import { rulesErrors } from './validate-rules.ts';

function aggregationErrors({ aggregationRule }: ClusterRole): FieldError[] {
  if (!aggregationRule) return [];
  const at = path('aggregationRule').child('clusterRoleSelectors');
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    return [fieldError.required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, i) => {
    const errors = validateLabelSelector(selector, at.index(i));
    try {
      labelSelectorMatcher(selector);
      return errors;
    } catch {
      return [...errors, fieldError.invalid(at.index(i), null, 'invalid label selector.')];
    }
  });
}

const unset = (role: ClusterRole): void => unsetEmpty(role, 'rules');

export const clusterRoles = builtin<ClusterRole>('rbac.authorization.k8s.io/v1', 'clusterroles', {
  nameRule: 'pathSegment',
  strategy: {
    prepareForCreate: unset,
    prepareForUpdate: unset,
    validate: (role) => [...rulesErrors(role.rules, false), ...aggregationErrors(role)],
  },
});
