import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { CelMap, Opaque } from '../values.ts';

const URL_TYPE = 'kubernetes.URL';

class UrlValue extends Opaque {
  override readonly typeName = URL_TYPE;
  readonly text: string;
  readonly parts: Parts;
  constructor(text: string, parts: Parts) {
    super();
    this.text = text;
    this.parts = parts;
  }
  override same(other: Opaque): boolean {
    return other instanceof UrlValue && other.text === this.text;
  }
}

interface Parts {
  scheme: string;
  host: string;
  path: string;
  query: string;
}

const ABSOLUTE = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;

/** Go's url.ParseRequestURI: an absolute URL or an absolute path. @throws CelError */
function read(text: string): UrlValue {
  const fail = (why: string) =>
    new CelError(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${why}`);
  if (text === '') throw fail('empty url');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what a URL must not have
  if (/[\x00-\x1f\x7f]/.test(text)) throw fail('net/url: invalid control character in URL');
  const found = ABSOLUTE.exec(text);
  const [, scheme = '', host = '', path = '', query = ''] = found ?? [];
  if (!found || (scheme === '' && !text.startsWith('/'))) throw fail('invalid URI for request');
  if (/[ "<>^`{|}]/.test(host)) throw fail(`invalid character ${JSON.stringify(/[ "<>^`{|}]/.exec(host)![0])} in host name`);
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text);
  if (bad) throw fail(`invalid URL escape ${JSON.stringify(bad[0])}`);
  if (/:[^\]]*$/.test(host) && !/:\d*$/.test(host))
    throw fail(`invalid port ${JSON.stringify(host.slice(host.lastIndexOf(':')))} after host`);
  return new UrlValue(text, { scheme: scheme.toLowerCase(), host, path, query });
}

const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? '';
const hostnameOf = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
const escapedPath = (path: string): string => path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, (c) => encodeURIComponent(c));

function queryOf(query: string): CelMap {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value]);
  return new CelMap(values);
}

/** k8s.io/apiserver/pkg/cel/library/urls.go */
export const urls = new Library()
  .def('url', `(string): ${URL_TYPE}`, read)
  .def('isURL', '(string): bool', (text: string) => {
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  })
  .def('getScheme', `${URL_TYPE}.(): string`, ({ parts }: UrlValue) => parts.scheme)
  .def('getHost', `${URL_TYPE}.(): string`, ({ parts }: UrlValue) => parts.host)
  .def('getHostname', `${URL_TYPE}.(): string`, ({ parts }: UrlValue) => hostnameOf(parts.host))
  .def('getPort', `${URL_TYPE}.(): string`, ({ parts }: UrlValue) => portOf(parts.host))
  .def('getEscapedPath', `${URL_TYPE}.(): string`, ({ parts }: UrlValue) => escapedPath(parts.path))
  .def('getQuery', `${URL_TYPE}.(): map(string, list(string))`, ({ parts }: UrlValue) => queryOf(parts.query));
