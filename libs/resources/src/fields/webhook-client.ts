import { type FieldError, fieldError, type Path, validateDns1123Subdomain, validatePortNumber } from '@windlass/meta';

/** How admission, conversion and audit webhooks are reached. */
export interface ClientConfig {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  caBundle?: string;
}

const FORM = '; desired format: https://host[/path]';

function validateUrl(url: string, at: Path): FieldError[] {
  const found = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(url);
  if (!found) return [fieldError.required(at, `url must be a valid URL: parse ${JSON.stringify(url)}: invalid URI${FORM}`)];
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = found;
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== 'https')
    errors.push(fieldError.invalid(at, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (host === '') errors.push(fieldError.invalid(at, host, `host must be specified${FORM}`));
  if (user !== undefined) errors.push(fieldError.invalid(at, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(fieldError.invalid(at, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(fieldError.invalid(at, query, 'query parameters are not permitted in the URL'));
  return errors;
}

function validatePath(path: string, at: Path): FieldError[] {
  if (path === '' || path === '/') return [];
  if (path === '//') return [fieldError.invalid(at, path, 'segment[0] may not be empty')];
  const errors: FieldError[] = [];
  if (!path.startsWith('/')) errors.push(fieldError.invalid(at, path, "must start with a '/'"));
  const segments = path.slice(1).replace(/\/$/, '').split('/');
  segments.forEach((segment, i) => {
    if (segment === '') errors.push(fieldError.invalid(at, path, `segment[${i}] may not be empty`));
    else
      for (const text of validateDns1123Subdomain(segment)) errors.push(fieldError.invalid(at, path, `segment[${i}]: ${text}`));
  });
  return errors;
}

/** k8s.io/apiserver/pkg/util/webhook: exactly one of url and service. */
export function validateClientConfig({ url, service }: ClientConfig, at: Path): FieldError[] {
  if ((url === undefined) === (service === undefined))
    return [fieldError.required(at, 'exactly one of url or service is required')];
  if (url !== undefined) return validateUrl(url, at.child('url'));
  const { name, namespace, port = 443, path = '' } = service!;
  const here = at.child('service');
  return [
    // Kubernetes hands name and namespace over the wrong way round.
    ...(namespace ? [] : [fieldError.required(here.child('name'))]),
    ...(name ? [] : [fieldError.required(here.child('namespace'))]),
    ...validatePortNumber(port).map((text) => fieldError.invalid(here.child('port'), port, `port is not valid: ${text}`)),
    ...validatePath(path, here.child('path')),
  ];
}

export function defaultClientConfig(config: ClientConfig | undefined): void {
  if (config?.service) config.service.port ??= 443;
}
