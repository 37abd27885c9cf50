import { type FieldError, fieldError, type Path, validateCIdentifier } from '@windlass/meta';
import { dnsLabel, dnsSubdomain, textErrors } from '../fields/names.ts';
import { driverName } from '../storage/driver-name.ts';
import type { DeviceClaim } from '../types.gen.ts';
import { MAX_IDENTIFIER_BYTES, MAX_POOL_NAME_BYTES } from './limits.ts';

/** DNS subdomains with slashes between them. */
export function poolName(name: string, at: Path): FieldError[] {
  if (name === '') return [fieldError.required(at)];
  return [
    ...(name.length > MAX_POOL_NAME_BYTES ? [fieldError.tooLong(at, '', MAX_POOL_NAME_BYTES)] : []),
    ...name.split('/').flatMap((part) => dnsSubdomain(part, at)),
  ];
}

const identifier = (name: string, at: Path): FieldError[] => [
  ...(name.length > MAX_IDENTIFIER_BYTES ? [fieldError.tooLong(at, '', MAX_IDENTIFIER_BYTES)] : []),
  ...textErrors(validateCIdentifier, name, at),
];

/** An attribute or capacity: an identifier, with the driver's domain in front of it or not. */
export function qualifiedAttribute(name: string, at: Path): FieldError[] {
  const parts = name.split('/');
  if (parts.length === 1) return identifier(name, at);
  if (parts.length > 2) return [];
  const [domain = '', own = ''] = parts;
  return [
    ...(domain === '' ? [fieldError.invalid(at, '', 'the domain must not be empty')] : driverName(domain, at)),
    ...(own === '' ? [fieldError.invalid(at, '', 'the name must not be empty')] : identifier(own, at)),
  ];
}

export function fullyQualifiedAttribute(name: string, at: Path): FieldError[] {
  const errors = qualifiedAttribute(name, at);
  if (name.includes('/')) return errors;
  return [...errors, fieldError.invalid(at, name, 'a fully qualified name must be a domain and a name separated by a slash')];
}

/** Names of a claim's requests, with those of their alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

export const requestNamesOf = ({ requests }: Partial<DeviceClaim>): RequestNames =>
  new Map(
    (requests ?? []).map(({ name, firstAvailable }) => [
      name,
      new Set((firstAvailable ?? []).map((alternative) => alternative.name)),
    ]),
  );

const NO_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** `request` or `request/subrequest` of the claim. */
export function requestReference(name: string, names: RequestNames, at: Path): FieldError[] {
  const [request = '', alternative, ...more] = name.split('/');
  if (more.length > 0) return [fieldError.invalid(at, name, NO_REQUEST)];
  const isKnown = names.has(request) && (alternative === undefined || names.get(request)!.has(alternative));
  return [
    ...dnsLabel(request, at),
    ...(alternative === undefined ? [] : dnsLabel(alternative, at)),
    ...(isKnown ? [] : [fieldError.invalid(at, name, NO_REQUEST)]),
  ];
}
