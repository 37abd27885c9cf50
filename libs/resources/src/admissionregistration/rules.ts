import { type FieldError, fieldError, type Path, validatePathSegmentName } from '@windlass/meta';
import { oneOf, requiredOneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { textErrors } from '../fields/names.ts';
import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../types.gen.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];

/** A list that may be `*` alone. */
function wildcards(list: readonly string[] | undefined, what: string, at: Path): FieldError[] {
  if (!list?.length) return [fieldError.required(at)];
  if (list.length > 1 && list.includes('*'))
    return [fieldError.invalid(at, list, `if '*' is present, must not specify other ${what}`)];
  return [];
}

function validateResources(resources: readonly string[] | undefined, at: Path): FieldError[] {
  if (!resources?.length) return [fieldError.required(at)];
  const errors: FieldError[] = [];
  const allSubresources = new Set<string>();
  const ofAllResources = new Set<string>();
  let bare = false;
  resources.forEach((name, i) => {
    if (name === '') {
      errors.push(fieldError.required(at.index(i)));
      return;
    }
    const slash = name.indexOf('/');
    if (slash < 0) {
      bare = name !== '*';
      return;
    }
    const [resource, subresource] = [name.slice(0, slash), name.slice(slash + 1)];
    if (allSubresources.has(resource))
      errors.push(fieldError.invalid(at.index(i), name, `if '${resource}/*' is present, must not specify ${name}`));
    if (ofAllResources.has(subresource))
      errors.push(fieldError.invalid(at.index(i), name, `if '*/${subresource}' is present, must not specify ${name}`));
    if (subresource === '*') allSubresources.add(resource);
    if (resource === '*') ofAllResources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(fieldError.invalid(at, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && bare)
    errors.push(fieldError.invalid(at, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}

/** Rules of webhooks and policies. */
export function validateRule(rule: RuleWithOperations, at: Path): FieldError[] {
  const operations = at.child('operations');
  const versions = at.child('apiVersions');
  return [
    ...wildcards(rule.operations, 'operations', operations),
    ...(rule.operations ?? []).flatMap((operation, i) => oneOf(operation, OPERATIONS, operations.index(i))),
    ...wildcards(rule.apiGroups, 'API groups', at.child('apiGroups')),
    ...wildcards(rule.apiVersions, 'API versions', versions),
    ...(rule.apiVersions ?? []).flatMap((version, i) => (version === '' ? [fieldError.required(versions.index(i))] : [])),
    ...validateResources(rule.resources, at.child('resources')),
    ...oneOf(rule.scope, SCOPES, at.child('scope')),
  ];
}

function validateNamedRule(rule: NamedRuleWithOperations, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  rule.resourceNames?.forEach((name, i) => {
    const here = at.child('resourceNames').index(i);
    errors.push(...textErrors(validatePathSegmentName, name, here));
    if (seen.has(name)) errors.push(fieldError.duplicate(here, name));
    seen.add(name);
  });
  return [...errors, ...validateRule(rule, at)];
}

export function validateMatchResources(match: MatchResources | undefined, at: Path): FieldError[] {
  if (!match) return [];
  const rules = (list: readonly NamedRuleWithOperations[] | undefined, name: string) =>
    (list ?? []).flatMap((rule, i) => validateNamedRule(rule, at.child(name).index(i)));
  return [
    ...requiredOneOf(match.matchPolicy, MATCH_POLICIES, at.child('matchPolicy')),
    ...validateLabelSelector(match.namespaceSelector, at.child('namespaceSelector')),
    ...validateLabelSelector(match.objectSelector, at.child('objectSelector')),
    ...rules(match.resourceRules, 'resourceRules'),
    ...rules(match.excludeResourceRules, 'excludeResourceRules'),
  ];
}

export function defaultRule(rule: RuleWithOperations): void {
  rule.scope ??= '*';
}

export function defaultMatchResources(match: MatchResources | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) defaultRule(rule);
}
