import { type FieldError, fieldError, type Path, regexError, validateDns1123Subdomain } from '@windlass/meta';

const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const pathRegex = new RegExp(`^${PATH}$`);

/** IsDomainPrefixedPath: `example.com/some/path`. */
export function domainPrefixedPath(value: string, at: Path): FieldError[] {
  if (value === '') return [fieldError.required(at)];
  const slash = value.indexOf('/');
  const [host, rest] = slash < 0 ? [value, ''] : [value.slice(0, slash), value.slice(slash + 1)];
  if (slash < 0 || host === '' || rest === '')
    return [fieldError.invalid(at, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = validateDns1123Subdomain(host).map((text) => fieldError.invalid(at, host, text));
  if (!pathRegex.test(rest)) errors.push(fieldError.invalid(at, rest, regexError('Invalid path', PATH)));
  return errors;
}
