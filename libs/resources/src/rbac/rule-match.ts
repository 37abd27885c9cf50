import type { PolicyRule } from '../types.gen.ts';

/** What a rule is asked about. `path` alone counts for requests of no resource. */
export interface RuleQuestion {
  verb: string;
  isResourceRequest: boolean;
  group: string;
  resource: string;
  subresource: string;
  name: string;
  path: string;
}

const has = (values: readonly string[] | undefined, value: string): boolean =>
  values !== undefined && (values.includes('*') || values.includes(value));

function resourceMatches(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  if (!resources) return false;
  if (!subresource) return has(resources, resource);
  return has(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

/** A rule's URL: exact, `*`, or a prefix that ends with `*`. */
export const urlMatches = (rule: string, path: string): boolean =>
  rule === '*' || rule === path || (rule.endsWith('*') && path.startsWith(rule.replace(/\*+$/, '')));

/** Whether one rule allows it (k8s.io/kubernetes/pkg/apis/rbac/v1 RuleAllows). */
export function ruleAllows(rule: PolicyRule, question: RuleQuestion): boolean {
  const { verb, isResourceRequest, group, resource, subresource, name, path } = question;
  if (!has(rule.verbs, verb)) return false;
  if (!isResourceRequest) return rule.nonResourceURLs?.some((url) => urlMatches(url, path)) ?? false;
  return (
    has(rule.apiGroups, group) &&
    resourceMatches(rule.resources, resource, subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name))
  );
}
