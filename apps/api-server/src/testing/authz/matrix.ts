import type { Random } from '@windlass/testkit';
import type { Granted, Person, Resource, Rule, Url } from './judge.ts';

/** What the matrix asks about: served kinds, with the subresources that are asked about too. */
const KINDS = [
  { group: '', resource: 'pods', namespaced: true, subresources: ['status', 'exec', 'log', 'eviction', 'ephemeralcontainers'] },
  { group: '', resource: 'configmaps', namespaced: true, subresources: [] },
  { group: '', resource: 'secrets', namespaced: true, subresources: [] },
  { group: '', resource: 'serviceaccounts', namespaced: true, subresources: ['token'] },
  { group: '', resource: 'nodes', namespaced: false, subresources: ['status', 'proxy'] },
  { group: '', resource: 'namespaces', namespaced: false, subresources: ['status', 'finalize'] },
  { group: 'apps', resource: 'deployments', namespaced: true, subresources: ['status', 'scale'] },
  { group: 'batch', resource: 'jobs', namespaced: true, subresources: ['status'] },
  { group: 'storage.k8s.io', resource: 'storageclasses', namespaced: false, subresources: [] },
];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const NAMES = ['one', 'two', 'three'];
const PATHS = [
  '/metrics',
  '/healthz',
  '/healthz/ping',
  '/api',
  '/apis',
  '/apis/apps/v1',
  '/openapi/v2',
  '/version',
  '/nothing',
  '/',
];
export const NAMESPACES = ['a', 'b'];

const METHODS: Record<string, string> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

const few = <T>(random: Random, from: readonly T[]): T[] => from.filter(() => random.chance(0.3));
const atLeastOne = <T>(random: Random, from: readonly T[]): T[] => {
  const picked = few(random, from);
  return picked.length > 0 ? picked : [random.pick(from)];
};

function rule(random: Random): Rule {
  const spellings = KINDS.flatMap(({ resource, subresources }) => [resource, ...subresources.map((sub) => `${resource}/${sub}`)]);
  return {
    verbs: random.chance(0.1) ? ['*'] : atLeastOne(random, VERBS),
    apiGroups: random.chance(0.2) ? ['*'] : atLeastOne(random, [...new Set(KINDS.map(({ group }) => group))]),
    resources: random.chance(0.1) ? ['*'] : [...atLeastOne(random, spellings), ...(random.chance(0.2) ? ['*/status'] : [])],
    ...(random.chance(0.3) ? { resourceNames: atLeastOne(random, NAMES) } : {}),
  };
}

const urlRule = (random: Random): Rule => ({
  verbs: atLeastOne(random, ['get', 'post', '*']),
  nonResourceURLs: [...atLeastOne(random, PATHS), ...(random.chance(0.3) ? ['/healthz/*'] : [])],
});

export function people(): Person[] {
  const user = (name: string, ...groups: string[]) => ({ name, groups });
  return [
    user('ann'),
    user('ben', 'g1'),
    user('cid', 'g2'),
    user('dan', 'g1', 'g2'),
    user('eve', 'g3'),
    user('system:serviceaccount:a:bot', 'system:serviceaccounts', 'system:serviceaccounts:a'),
  ];
}

/** Random bindings, everywhere and in namespaces, to users, groups and a service account. */
export function grants(random: Random, count: number): Granted[] {
  const subjects = [
    ...people().map(({ name }) => `user:${name}`),
    ...['g1', 'g2', 'g3', 'system:serviceaccounts:a'].map((name) => `group:${name}`),
  ];
  return Array.from({ length: count }, () => {
    const namespace = random.pick(['', ...NAMESPACES]);
    const rules = random.many(2, () => rule(random));
    if (namespace === '' && random.chance(0.5)) rules.push(urlRule(random));
    return { namespace, to: atLeastOne(random, subjects).slice(0, 2), rules: rules.length > 0 ? rules : [rule(random)] };
  });
}

export interface Asked {
  asked: Resource | Url;
  method: string;
  path: string;
}

/** What is asked, and the request that asks it, in one of the spellings that mean the same. Writes are dry runs. */
export function question(random: Random): Asked {
  if (random.chance(0.1)) {
    const path = random.pick(PATHS);
    const method = random.pick(['GET', 'POST']);
    return { asked: { verb: method.toLowerCase(), path }, method, path };
  }
  const { group, resource, namespaced, subresources } = random.pick(KINDS);
  const subresource = subresources.length > 0 && random.chance(0.4) ? random.pick(subresources) : undefined;
  const onOne = ['get', 'update', 'patch', 'delete'];
  const verb = subresource ? random.pick(['get', 'create', 'update', 'patch']) : random.pick(VERBS);
  const name = subresource || onOne.includes(verb) ? random.pick(NAMES) : undefined;
  const everywhere = !name && verb !== 'create' && verb !== 'deletecollection' && random.chance(0.2);
  const namespace = namespaced && !everywhere ? random.pick(NAMESPACES) : undefined;
  const root = group ? `/apis/${group}/v1` : '/api/v1';
  const spelt = (text: string) => (random.chance(0.2) ? `%${text.charCodeAt(0).toString(16)}${text.slice(1)}` : text);
  const segments = [
    ...(namespace ? ['namespaces', namespace] : []),
    resource,
    ...(name ? [name] : []),
    ...(subresource ? [subresource] : []),
  ].map(spelt);
  const asked: Resource = { verb, group, resource, subresource, namespace, name };
  // Of the namespace itself, its own name is the namespace of the request.
  if (resource === 'namespaces' && name) asked.namespace = name;
  const query = new URLSearchParams();
  if (['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb)) query.set('dryRun', 'All');
  if (verb === 'watch') query.set('watch', random.pick(['1', 'true']));
  if (verb === 'watch') query.set('timeoutSeconds', '1');
  if ((verb === 'list' || verb === 'watch') && random.chance(0.3)) {
    asked.name = random.pick(NAMES);
    query.set('fieldSelector', `metadata.name${random.pick(['=', '=='])}${asked.name}`);
  } else if (verb === 'deletecollection' && random.chance(0.3)) query.set('fieldSelector', `metadata.name=${random.pick(NAMES)}`);
  const slash = random.chance(0.1) ? '/' : '';
  return { asked, method: METHODS[verb]!, path: `${root}/${segments.join('/')}${slash}${query.size > 0 ? `?${query}` : ''}` };
}
