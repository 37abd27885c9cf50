import type { PolicyRule } from '../types.gen.ts';

/** Splits a rule into its smallest parts: one group, resource, verb and name each; one URL and verb each. */
export function breakDown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? [])
    for (const resource of rule.resources ?? [])
      for (const verb of rule.verbs ?? []) {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (rule.resourceNames?.length) for (const name of rule.resourceNames) parts.push({ ...part, resourceNames: [name] });
        else parts.push(part);
      }
  for (const url of rule.nonResourceURLs ?? [])
    for (const verb of rule.verbs ?? []) parts.push({ verbs: [verb], nonResourceURLs: [url] });
  return parts;
}

const hasAll = (owner: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((value) => owner.includes(value));

const coversOrAll = (owner: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  owner.includes('*') || hasAll(owner, wanted);

const coversResources = (owner: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  owner.includes('*') ||
  wanted.every((resource) => {
    const slash = resource.indexOf('/');
    return owner.includes(resource) || (slash >= 0 && owner.includes(`*${resource.slice(slash)}`));
  });

const coversUrls = (owner: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((url) => owner.some((own) => own === url || (own.endsWith('*') && url.startsWith(own.replace(/\*+$/, '')))));

const coversNames = (owner: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  owner.length === 0 || (wanted.length > 0 && hasAll(owner, wanted));

const ruleCovers = (owner: PolicyRule, part: PolicyRule): boolean =>
  coversOrAll(owner.verbs, part.verbs) &&
  coversOrAll(owner.apiGroups, part.apiGroups) &&
  coversResources(owner.resources, part.resources) &&
  coversUrls(owner.nonResourceURLs, part.nonResourceURLs) &&
  coversNames(owner.resourceNames, part.resourceNames);

/** The parts of `wanted` that no single rule of `owned` covers; empty: all are covered. */
export const uncovered = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => ruleCovers(rule, part)));

/** Joins the verbs of rules that name one group, one resource and at most one name; the rest stays as it is and comes first. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const simple = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (apiGroups.length !== 1 || resources.length !== 1 || resourceNames.length > 1 || nonResourceURLs.length > 0) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const known = simple.get(key);
    if (known) known.verbs = [...known.verbs, ...rule.verbs];
    else simple.set(key, { ...rule });
  }
  return [...others, ...simple.values()];
}
