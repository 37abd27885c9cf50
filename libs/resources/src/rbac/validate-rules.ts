import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import type { PolicyRule } from '../types.gen.ts';

function ruleErrors(rule: PolicyRule, namespaced: boolean, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (verbs.length === 0) errors.push(fieldError.required(at.child('verbs'), 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const refuse = (detail: string) => errors.push(fieldError.invalid(at.child('nonResourceURLs'), nonResourceURLs, detail));
    if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs');
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      refuse('rules cannot apply to both regular resources and non-resource URLs');
    return errors;
  }
  if (apiGroups.length === 0)
    errors.push(fieldError.required(at.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    errors.push(fieldError.required(at.child('resources'), 'resource rules must supply at least one resource'));
  return errors;
}

/** `rules` of a Role (namespaced) or ClusterRole. */
export const rulesErrors = (rules: readonly PolicyRule[] | null | undefined, namespaced: boolean): FieldError[] =>
  (rules ?? []).flatMap((rule, i) => ruleErrors(rule, namespaced, path('rules').index(i)));
