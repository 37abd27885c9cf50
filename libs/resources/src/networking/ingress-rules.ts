import {
  type FieldError,
  fieldError,
  type Path,
  validateDns1123Label,
  validateDns1123Subdomain,
  validatePortName,
} from '@windlass/meta';
import { parseLegacyIp } from '../fields/legacy-ips.ts';
import { textErrors } from '../fields/names.ts';
import { portNumber } from '../fields/ports.ts';
import { wildcardSubdomainTexts } from '../fields/wildcard-domain.ts';
import type { HTTPIngressPath, IngressBackend, IngressRule, IngressServiceBackend, IngressTLS } from '../types.gen.ts';
import { validateObjectReference } from './object-reference.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_ENDS = ['/..', '/.'];

function validateServiceBackend({ name, port }: IngressServiceBackend, at: Path): FieldError[] {
  const service = at.child('service');
  const errors = name
    ? textErrors(validateDns1123Label, name, service.child('name'))
    : [fieldError.required(service.child('name'))];
  if (port?.name && port.number) errors.push(fieldError.invalid(at, '', 'cannot set both port name & port number'));
  else if (port?.name) errors.push(...textErrors(validatePortName, port.name, service.child('port', 'name')));
  else if (port?.number) errors.push(...portNumber(port.number, service.child('port', 'number')));
  else errors.push(fieldError.required(at, 'port name or number is required'));
  return errors;
}

export function validateBackend({ service, resource }: IngressBackend, at: Path): FieldError[] {
  if (service && resource) return [fieldError.invalid(at, '', 'cannot set both resource and service backends')];
  if (resource) return validateObjectReference(resource, at.child('resource'));
  return service ? validateServiceBackend(service, at) : [fieldError.invalid(at, '', 'resource or service backend is required')];
}

function validatePath({ path = '', pathType, backend }: HTTPIngressPath, at: Path): FieldError[] {
  if (pathType === undefined) return [fieldError.required(at.child('pathType'), 'pathType must be specified')];
  const here = at.child('path');
  const errors: FieldError[] = [];
  const refuse = (detail: string) => errors.push(fieldError.invalid(here, path, detail));
  const strict = pathType === 'Exact' || pathType === 'Prefix';
  if (!PATH_TYPES.includes(pathType)) errors.push(fieldError.notSupported(at.child('pathType'), pathType, PATH_TYPES));
  else if (!path.startsWith('/') && (strict || path)) refuse('must be an absolute path');
  if (strict) {
    for (const part of BAD_PARTS) if (path.includes(part)) refuse(`must not contain '${part}'`);
    for (const end of BAD_ENDS) if (path.endsWith(end)) refuse(`cannot end with '${end}'`);
  }
  return [...errors, ...validateBackend(backend ?? {}, at.child('backend'))];
}

export const validateRuleValue = ({ http }: IngressRule, at: Path): FieldError[] => {
  if (!http) return [];
  const paths = at.child('http', 'paths');
  if (!http.paths?.length) return [fieldError.required(paths)];
  return http.paths.flatMap((path, i) => validatePath(path, paths.index(i)));
};

const host = (name: string, at: Path): FieldError[] =>
  textErrors(name.includes('*') ? wildcardSubdomainTexts : validateDns1123Subdomain, name, at);

/** @param lenient whether rules of wildcard hosts may be wrong, as they once could be */
export function validateRule(rule: IngressRule, lenient: boolean, at: Path): FieldError[] {
  const name = rule.host ?? '';
  const errors: FieldError[] = [];
  if (name && parseLegacyIp(name))
    errors.push(fieldError.invalid(at.child('host'), name, 'must be a DNS name, not an IP address'));
  if (name) errors.push(...host(name, at.child('host')));
  if (!(lenient && name.includes('*'))) errors.push(...validateRuleValue(rule, at));
  return errors;
}

/** @param lenient whether names that no secret can have are accepted, as they once were */
export const validateTls = ({ hosts = [], secretName = '' }: IngressTLS, lenient: boolean, at: Path): FieldError[] => [
  ...hosts.flatMap((name, i) => host(name, at.child('hosts').index(i))),
  ...(secretName && !lenient ? textErrors(validateDns1123Subdomain, secretName, at.child('secretName')) : []),
];
