/** RBAC written down once more, from its documentation, for the specs to compare the server with. Shares no code with it. */
export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

export interface Granted {
  /** '' everywhere. */
  namespace: string;
  /** `user:NAME` or `group:NAME`. */
  to: string[];
  rules: Rule[];
}

export interface Person {
  name: string;
  groups: string[];
}

export interface Resource {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

export interface Url {
  verb: string;
  path: string;
}

const some = (values: string[] = [], ...accepted: string[]): boolean => values.some((value) => accepted.includes(value));

function covers(rule: Rule, asked: Resource | Url): boolean {
  if (!some(rule.verbs, '*', asked.verb)) return false;
  if ('path' in asked) {
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? asked.path.startsWith(url.slice(0, -1)) : asked.path === url,
    );
  }
  const { group, resource, subresource, name } = asked;
  if (!some(rule.apiGroups, '*', group)) return false;
  const spellings = subresource ? [`${resource}/${subresource}`, `*/${subresource}`] : [resource];
  if (!some(rule.resources, '*', ...spellings)) return false;
  return !rule.resourceNames || rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name));
}

/** Whether a person may do what is asked, by what was granted. */
export function mayDo(person: Person, asked: Resource | Url, granted: Granted[]): boolean {
  const selves = [`user:${person.name}`, ...[...person.groups, 'system:authenticated'].map((group) => `group:${group}`)];
  const here = 'path' in asked ? [''] : ['', asked.namespace ?? ''];
  return granted.some(
    ({ namespace, to, rules }) =>
      here.includes(namespace) && to.some((subject) => selves.includes(subject)) && rules.some((rule) => covers(rule, asked)),
  );
}
