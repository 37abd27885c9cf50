import { type FieldError, fieldError, type Path, validateDns1123Subdomain, validatePathSegmentName } from '@windlass/meta';
import { textErrors } from '../fields/names.ts';

/** A typed reference of Ingress kinds: a DNS subdomain as group, path segments as kind and name. */
export function validateObjectReference(
  { apiGroup, kind, name }: { apiGroup?: string | null; kind?: string; name?: string },
  at: Path,
): FieldError[] {
  const segment = (value: string | undefined, field: string): FieldError[] =>
    value ? textErrors(validatePathSegmentName, value, at.child(field)) : [fieldError.required(at.child(field))];
  return [
    ...(apiGroup == null ? [] : textErrors(validateDns1123Subdomain, apiGroup, at.child('apiGroup'))),
    ...segment(kind, 'kind'),
    ...segment(name, 'name'),
  ];
}
