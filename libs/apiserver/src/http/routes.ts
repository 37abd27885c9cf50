import { ALL_VERBS, methodNotAllowed, notFound, type ResourceDefinition, unknownResource, type Verb } from '@windlass/meta';
import { subresourceOf } from '../definitions.ts';
import type { RequestInfo } from '../seams.ts';

const ON_COLLECTION: Partial<Record<string, Verb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };
const ON_OBJECT: Partial<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const ON_SUBRESOURCE: Partial<Record<string, Verb>> = { ...ON_OBJECT, POST: 'create' };

/**
 * Whether the kind has the path, and the path the method.
 * @throws StatusError 404 for a path that has no method at all, 405 for a method that it has not
 */
export function checkRoute(definition: ResourceDefinition, info: RequestInfo, method: string): void {
  const { verbs = ALL_VERBS, scope } = definition;
  const { subresource, namespace, rest, pathName, legacyPrefix } = info;
  const inNamespace = scope === 'Namespaced' && namespace !== '';
  // namespaces/NAME lies in itself; any other namespace would be asked about with what is allowed in this one.
  const isItself = definition.group === '' && definition.names.plural === 'namespaces' && namespace === pathName;
  if (scope === 'Cluster' && namespace !== '' && !isItself) throw unknownResource();
  if (legacyPrefix === 'proxy' || (legacyPrefix && subresource !== '')) throw unknownResource();
  if (legacyPrefix && method !== 'GET') throw methodNotAllowed();
  let methods: Partial<Record<string, Verb>>;
  let allowed: readonly Verb[] = verbs;
  if (subresource !== '') {
    const sub = subresourceOf(definition, subresource);
    if (!sub && definition.custom) throw notFound({ group: definition.group, resource: definition.names.plural }, pathName);
    if (!sub || (rest.length > 0 && sub.type !== 'connect')) throw unknownResource();
    methods = ON_SUBRESOURCE;
    allowed = sub.verbs;
  } else if (pathName !== '') methods = ON_OBJECT;
  // All namespaces at once can only be read.
  else
    methods =
      scope === 'Cluster' || inNamespace ? ON_COLLECTION : { GET: 'list', ...(verbs.includes('list') ? {} : { POST: 'create' }) };
  if (pathName !== '' && scope === 'Namespaced' && !inNamespace) throw unknownResource();
  const served = Object.values(methods).filter((verb) => verb && allowed.includes(verb));
  if (served.length === 0) throw unknownResource();
  const verb = methods[method];
  if (!verb || !allowed.includes(verb)) throw methodNotAllowed();
  if (verb === 'create' && definition.custom?.terminating)
    throw methodNotAllowed('create not allowed while custom resource definition is terminating');
}
