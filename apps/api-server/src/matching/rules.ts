import type { AdmissionAttributes } from '@windlass/apiserver';
import type { GroupVersionResource } from '@windlass/meta';
import type { NamedRuleWithOperations } from '@windlass/resources';

/** What rules are compared with; `resource` may be an equivalent of the requested one. */
export interface RuleSubject {
  operation: string;
  resource: GroupVersionResource;
  subresource: string;
  namespace: string;
  name: string;
}

const matches = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

/** A namespace itself is cluster-scoped, although its requests name it as their namespace. */
function inScope(scope: string | undefined, { resource, namespace }: RuleSubject): boolean {
  const cluster = namespace === '' || (resource.group === '' && resource.resource === 'namespaces');
  return scope === undefined || scope === '*' || (scope === 'Cluster') === cluster;
}

function matchesResource(resources: readonly string[] | undefined, { resource, subresource }: RuleSubject): boolean {
  return (resources ?? []).some((name) => {
    const slash = name.indexOf('/');
    const [wanted, sub] = slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
    return (wanted === '*' || wanted === resource.resource) && (sub === '*' || sub === subresource);
  });
}

/** k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules.Matcher; resourceNames are those of policies. */
export const ruleMatches = (rule: NamedRuleWithOperations, subject: RuleSubject): boolean =>
  inScope(rule.scope, subject) &&
  matches(rule.operations, subject.operation) &&
  matches(rule.apiGroups, subject.resource.group) &&
  matches(rule.apiVersions, subject.resource.version) &&
  matchesResource(rule.resources, subject) &&
  (!rule.resourceNames?.length || rule.resourceNames.includes(subject.name));

export const subjectOf = ({ operation, resource, subresource, namespace, name }: AdmissionAttributes): RuleSubject => ({
  operation,
  resource,
  subresource,
  namespace,
  name,
});

/** Configurations of admission are never subject to admission by configuration. */
export const isExempt = ({ resource: { group, resource } }: AdmissionAttributes): boolean =>
  group === 'admissionregistration.k8s.io' && /^(validating|mutating)(webhookconfigurations|admissionpolic)/.test(resource);
