import { badRequest } from '@windlass/meta';

export interface ProxyName {
  scheme: 'http' | 'https' | '';
  name: string;
  /** Number or name; '': the default. */
  port: string;
}

/** `name`, `name:port` or `scheme:name:port` (utilnet.SplitSchemeNamePort). @throws StatusError 400 */
export function parseProxyName(id: string, what: string): ProxyName {
  const parts = id.split(':');
  const [scheme, name, port] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme!))
    throw badRequest(`invalid ${what} request ${JSON.stringify(id)}`);
  return { scheme: scheme as ProxyName['scheme'], name, port: port ?? '' };
}

export interface ProxyPath {
  /** Up to and with `/proxy`. */
  prefix: string;
  /** What follows, as it was sent; '' or with a leading slash. */
  rest: string;
  /** With its question mark. */
  search: string;
}

/** Splits the raw URL of a proxy request, whose encoding must reach the far end unchanged. */
export function splitProxyPath(url: string, resource: string, id: string): ProxyPath {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const segments = path.split('/');
  const at = segments.findIndex(
    (segment, i) => segment === 'proxy' && decodeURIComponent(segments[i - 1] ?? '') === id && segments[i - 2] === resource,
  );
  return {
    prefix: segments.slice(0, at + 1).join('/'),
    rest: segments.length > at + 1 ? `/${segments.slice(at + 1).join('/')}` : '',
    search: mark < 0 ? '' : url.slice(mark),
  };
}
