import type { RequestInfo } from '@windlass/apiserver';
import { parseYaml, type UserInfo } from '@windlass/meta';

export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type Level = (typeof LEVELS)[number];
export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type Stage = (typeof STAGES)[number];

export interface GroupResources {
  group?: string;
  resources?: string[];
  resourceNames?: string[];
}

/** audit.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  level: Level;
  users?: string[];
  userGroups?: string[];
  verbs?: string[];
  resources?: GroupResources[];
  namespaces?: string[];
  nonResourceURLs?: string[];
  omitStages?: Stage[];
  omitManagedFields?: boolean;
}

/** audit.k8s.io/v1 Policy. */
export interface Policy {
  rules: PolicyRule[];
  omitStages?: Stage[];
  omitManagedFields?: boolean;
}

/** What is recorded of a request. */
export interface Verdict {
  level: Level;
  omitStages: ReadonlySet<Stage>;
  omitManagedFields: boolean;
}

const given = <T>(list: readonly T[] | undefined): list is readonly T[] => list !== undefined && list.length > 0;

function matchesName(wanted: string, resource: string, subresource: string): boolean {
  if (wanted === '*' || wanted === (subresource ? `${resource}/${subresource}` : resource)) return true;
  if (subresource && wanted === `*/${subresource}`) return true;
  return wanted === `${resource}/*`;
}

function matchesResource({ resources, namespaces }: PolicyRule, info: RequestInfo): boolean {
  if (!info.isResourceRequest) return false;
  if (given(namespaces) && !namespaces.includes(info.namespace)) return false;
  if (!given(resources)) return true;
  return resources.some(({ group = '', resources: names, resourceNames }) => {
    if (group !== info.group) return false;
    if (!given(names)) return true;
    if (given(resourceNames) && !resourceNames.includes(info.name)) return false;
    return names.some((name) => matchesName(name, info.resource, info.subresource));
  });
}

const matchesPath = (url: string, path: string): boolean =>
  url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)));

function matches(rule: PolicyRule, info: RequestInfo, user: UserInfo): boolean {
  if (given(rule.users) && !rule.users.includes(user.username)) return false;
  if (given(rule.userGroups) && !rule.userGroups.some((group) => user.groups.includes(group))) return false;
  if (given(rule.verbs) && !rule.verbs.includes(info.verb)) return false;
  if (given(rule.namespaces) || given(rule.resources)) return matchesResource(rule, info);
  if (given(rule.nonResourceURLs))
    return !info.isResourceRequest && rule.nonResourceURLs.some((url) => matchesPath(url, info.path));
  return true;
}

const NOTHING: Verdict = { level: 'None', omitStages: new Set(), omitManagedFields: false };

/** The first rule that matches decides; without one nothing is recorded (k8s.io/apiserver/pkg/audit/policy). */
export function judge(policy: Policy, info: RequestInfo, user: UserInfo): Verdict {
  const rule = policy.rules.find((one) => matches(one, info, user));
  if (!rule || rule.level === 'None') return NOTHING;
  return {
    level: rule.level,
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
}

function ruleProblems(rule: PolicyRule, at: string): string[] {
  const problems: string[] = [];
  if (!LEVELS.includes(rule.level))
    problems.push(`${at}.level: ${JSON.stringify(rule.level ?? '')} is not one of ${LEVELS.join(', ')}`);
  for (const stage of rule.omitStages ?? [])
    if (!STAGES.includes(stage)) problems.push(`${at}.omitStages: ${JSON.stringify(stage)} is no stage`);
  if (given(rule.nonResourceURLs) && (given(rule.resources) || given(rule.namespaces)))
    problems.push(`${at}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`);
  for (const url of rule.nonResourceURLs ?? [])
    if (url !== '*' && (!url.startsWith('/') || url.slice(0, -1).includes('*')))
      problems.push(`${at}.nonResourceURLs: ${JSON.stringify(url)} must start with a "/" and may have "*" only at its end`);
  for (const { group = '', resources, resourceNames } of rule.resources ?? []) {
    if (group.includes('/')) problems.push(`${at}.resources.group: ${JSON.stringify(group)} must not have a version`);
    if (given(resourceNames) && !given(resources))
      problems.push(`${at}.resources.resourceNames: using resourceNames requires at least one resource`);
  }
  return problems;
}

/** Reads a policy file, YAML or JSON. @throws Error that lists what is wrong with it */
export function parsePolicy(text: string): Policy {
  const policy = parseYaml(text).value as (Policy & { kind?: string; apiVersion?: string }) | undefined;
  if (policy?.kind !== 'Policy' || policy.apiVersion !== 'audit.k8s.io/v1')
    throw new Error('audit policy: kind must be Policy, apiVersion audit.k8s.io/v1');
  if (!given(policy.rules)) throw new Error('audit policy: it has no rules');
  const problems = policy.rules.flatMap((rule, i) => ruleProblems(rule, `rules[${i}]`));
  for (const stage of policy.omitStages ?? []) if (!STAGES.includes(stage)) problems.push(`omitStages: ${stage} is no stage`);
  if (problems.length > 0) throw new Error(`audit policy: ${problems.join('; ')}`);
  return policy;
}
