import { type FieldError, fieldError, type Path, validateDns1123Label, validateDns1123Subdomain } from '@windlass/meta';

const DOMAIN_LIMIT = 253;
const LABEL_LIMIT = 63;
const WHOLE_LIMIT = DOMAIN_LIMIT + 1 + DOMAIN_LIMIT + LABEL_LIMIT + 1;

/** `example.com/signer-name` (core validation ValidateSignerName). */
export function signerNameErrors(name: string, at: Path): FieldError[] {
  if (!name) return [fieldError.required(at, '')];
  const segments = name.split('/');
  if (segments.length !== 2)
    return [fieldError.invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const [domain, rest] = segments as [string, string];
  const errors: FieldError[] = [];
  if (domain.length > DOMAIN_LIMIT) errors.push(fieldError.tooLong(at, domain, DOMAIN_LIMIT));
  const labels = domain.split('.');
  for (const label of labels)
    for (const text of validateDns1123Label(label))
      errors.push(fieldError.invalid(at, domain, `validating label ${JSON.stringify(label)}: ${text}`));
  if (labels.length < 2)
    errors.push(fieldError.invalid(at, domain, 'should be a domain with at least two segments separated by dots'));
  for (const label of rest.split('.'))
    for (const text of validateDns1123Subdomain(label))
      errors.push(fieldError.invalid(at, rest, `validating label ${JSON.stringify(label)}: ${text}`));
  if (name.length > WHOLE_LIMIT) errors.push(fieldError.tooLong(at, name, WHOLE_LIMIT));
  return errors;
}
