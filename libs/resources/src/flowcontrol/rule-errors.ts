import { type FieldError, fieldError, type Path, validateDns1123Label } from '@windlass/meta';
import { textErrors } from '../fields/names.ts';
import type { NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule } from '../types.gen.ts';
import { subjectErrors } from './subject-errors.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

/** A list that may be `*` alone or several values, never both. */
function listErrors(values: readonly string[], at: Path, empty: string, others: string): FieldError[] {
  if (values.length === 0) return [fieldError.required(at, empty)];
  if (values.includes('*') && values.length > 1)
    return [fieldError.invalid(at, values, `if '*' is present, must not specify other ${others}`)];
  return [];
}

function verbErrors(verbs: readonly string[], at: Path): FieldError[] {
  const errors = listErrors(verbs, at, 'verbs must contain at least one value', 'verbs');
  if (errors.length > 0 || verbs.includes('*')) return errors;
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [fieldError.notSupported(at, verbs, VERBS)];
}

function urlErrors(url: string, at: Path): FieldError[] {
  const refuse = (text: string) => [fieldError.invalid(at, url, text)];
  if (url === '') return refuse('must not be empty');
  if (url === '/' || url === '*') return [];
  if (!url.startsWith('/')) return refuse('must start with slash');
  if (url.includes(' ')) return refuse('must not contain white-space');
  if (url.includes('//')) return refuse('must not contain double slash');
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? refuse('wildcard can only do suffix matching') : [];
}

function nonResourceRuleErrors({ verbs = [], nonResourceURLs = [] }: NonResourcePolicyRule, at: Path): FieldError[] {
  const urls = at.child('nonResourceURLs');
  const list = listErrors(nonResourceURLs, urls, 'nonResourceURLs must contain at least one value', 'non-resource URLs');
  return [
    ...verbErrors(verbs, at.child('verbs')),
    ...(list.length > 0 ? list : nonResourceURLs.flatMap((url, i) => urlErrors(url, urls.index(i)))),
  ];
}

function namespaceErrors({ namespaces = [], clusterScope }: ResourcePolicyRule, at: Path): FieldError[] {
  if (namespaces.length === 0)
    return clusterScope
      ? []
      : [fieldError.required(at, 'resource rules that are not cluster scoped must supply at least one namespace')];
  const list = listErrors(namespaces, at, '', 'namespaces');
  if (list.length > 0) return list;
  return namespaces.flatMap((name, i) => (name === '*' ? [] : textErrors(validateDns1123Label, name, at.index(i))));
}

function resourceRuleErrors(rule: ResourcePolicyRule, at: Path): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [] } = rule;
  return [
    ...verbErrors(verbs, at.child('verbs')),
    ...listErrors(apiGroups, at.child('apiGroups'), 'resource rules must supply at least one api group', 'api groups'),
    ...listErrors(resources, at.child('resources'), 'resource rules must supply at least one resource', 'resources'),
    ...namespaceErrors(rule, at.child('namespaces')),
  ];
}

/** One entry of FlowSchema's `spec.rules`. */
export function ruleErrors(rule: PolicyRulesWithSubjects, at: Path): FieldError[] {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  const each = <T>(items: readonly T[], field: string, errors: (item: T, at: Path) => FieldError[]) =>
    items.flatMap((item, i) => errors(item, at.child(field).index(i)));
  return [
    ...(subjects.length > 0
      ? each(subjects, 'subjects', subjectErrors)
      : [fieldError.required(at.child('subjects'), 'subjects must contain at least one value')]),
    ...(resourceRules.length + nonResourceRules.length > 0
      ? []
      : [fieldError.required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')]),
    ...each(resourceRules, 'resourceRules', resourceRuleErrors),
    ...each(nonResourceRules, 'nonResourceRules', nonResourceRuleErrors),
  ];
}
