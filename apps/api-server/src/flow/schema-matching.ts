import type { RequestInfo } from '@windlass/apiserver';
import type { UserInfo } from '@windlass/meta';
import type {
  FlowcontrolV1Subject,
  FlowSchema,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '@windlass/resources';

const ACCOUNT_PREFIX = 'system:serviceaccount:';

/** `*` counts only when it stands alone, as validation demands. */
const contains = (list: readonly string[], value: string): boolean =>
  (list.length === 1 && list[0] === '*') || list.includes(value);

export function matchesSubject({ kind, user, group, serviceAccount }: FlowcontrolV1Subject, who: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === who.username);
    case 'Group':
      return group !== undefined && (group.name === '*' || who.groups.includes(group.name));
    case 'ServiceAccount': {
      if (!serviceAccount) return false;
      const inNamespace = `${ACCOUNT_PREFIX}${serviceAccount.namespace}:`;
      return serviceAccount.name === '*'
        ? who.username.startsWith(inNamespace)
        : who.username === inNamespace + serviceAccount.name;
    }
    default:
      return false;
  }
}

function matchesResource(rule: ResourcePolicyRule, { verb, group, resource, subresource, namespace }: RequestInfo): boolean {
  return (
    contains(rule.verbs, verb) &&
    contains(rule.resources, subresource ? `${resource}/${subresource}` : resource) &&
    contains(rule.apiGroups, group) &&
    (namespace === '' ? rule.clusterScope === true : contains(rule.namespaces ?? [], namespace))
  );
}

/** A path covers itself and everything below it, with or without a trailing star. */
function coversPath(url: string, path: string): boolean {
  if (url === '*' || url === path) return true;
  const prefix = url.endsWith('*') ? url.slice(0, -1) : url;
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

const matchesPath = ({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path }: RequestInfo): boolean =>
  contains(verbs, verb) && nonResourceURLs.some((url) => coversPath(url, path));

function matchesRule({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects, info: RequestInfo, user: UserInfo) {
  if (!subjects.some((subject) => matchesSubject(subject, user))) return false;
  return info.isResourceRequest
    ? resourceRules?.some((rule) => matchesResource(rule, info)) === true
    : nonResourceRules?.some((rule) => matchesPath(rule, info)) === true;
}

/** Whether a request is one of the schema's (KEP-1040; k8s.io/apiserver/pkg/util/flowcontrol/rule.go). */
export const matchesSchema = ({ spec }: FlowSchema, info: RequestInfo, user: UserInfo): boolean =>
  spec?.rules?.some((rule) => matchesRule(rule, info, user)) === true;

/** Schemas in the order in which they are asked: by precedence, then by name. */
export const byPrecedence = (schemas: readonly FlowSchema[]): FlowSchema[] =>
  [...schemas].sort(
    (a, b) =>
      (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) ||
      ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
  );

/** What tells flows of one schema apart; '' when all of them are one. */
export function distinguisher({ spec }: FlowSchema, { namespace }: RequestInfo, { username }: UserInfo): string {
  switch (spec?.distinguisherMethod?.type) {
    case 'ByUser':
      return username;
    case 'ByNamespace':
      return namespace;
    default:
      return '';
  }
}
