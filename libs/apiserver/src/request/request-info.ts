import { parseFieldSelector, validatePathSegmentName } from '@windlass/meta';
import type { RequestInfo } from '../seams.ts';

const METHOD_VERBS: Record<string, string> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

const plain = (method: string, path: string): RequestInfo => ({
  isResourceRequest: false,
  verb: method.toLowerCase(),
  path,
  apiPrefix: '',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  pathName: '',
  rest: [],
});

/**
 * Splits a request into what it asks for, as k8s.io/apiserver's RequestInfoFactory does.
 * `path` is the decoded path; `query` decides list or watch, and a `metadata.name=x` field selector names the object for authorization.
 */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const info = plain(method, path);
  let parts = path.replace(/^\/+|\/+$/g, '').split('/');
  if (parts[0] === 'api' && parts.length >= 3) {
    info.apiPrefix = 'api';
    info.version = parts[1]!;
    parts = parts.slice(2);
  } else if (parts[0] === 'apis' && parts.length >= 4) {
    info.apiPrefix = 'apis';
    info.group = parts[1]!;
    info.version = parts[2]!;
    parts = parts.slice(3);
  } else return info;
  info.isResourceRequest = true;
  info.verb = METHOD_VERBS[method] ?? '';
  if ((parts[0] === 'watch' || parts[0] === 'proxy') && parts.length > 1) {
    info.legacyPrefix = parts[0];
    info.verb = parts[0];
    parts = parts.slice(1);
  }
  if (parts[0] === 'namespaces' && parts.length > 1) {
    info.namespace = parts[1]!;
    // namespaces/NAME and its subresources are the namespace itself; everything else lies in it.
    if (parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2]!)) parts = parts.slice(2);
  }
  info.resource = parts[0] ?? '';
  info.name = parts[1] ?? '';
  info.pathName = info.name;
  info.subresource = parts[2] ?? '';
  info.rest = parts.slice(3);
  if (info.name === '' && info.verb === 'get') {
    info.verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    info.name = selectedName(query.get('fieldSelector') ?? '');
  }
  if (info.name === '' && info.verb === 'delete') info.verb = 'deletecollection';
  if (['list', 'watch', 'deletecollection'].includes(info.verb) && !info.legacyPrefix)
    info.fieldSelector = query.get('fieldSelector') ?? '';
  return info;
}

/** The one name that a field selector selects, so that who may see one object may list and watch it; '' otherwise. */
function selectedName(fieldSelector: string): string {
  if (!fieldSelector.includes('metadata.name')) return '';
  try {
    const name = parseFieldSelector(fieldSelector).exact('metadata.name') ?? '';
    return validatePathSegmentName(name).length === 0 ? name : '';
  } catch {
    return '';
  }
}

/** Kubernetes' query booleans: anything but false, 0 and absence is true. */
export const isTrue = (value: string | null): boolean => value !== null && value.toLowerCase() !== 'false' && value !== '0';
