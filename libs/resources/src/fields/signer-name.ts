import { type FieldError, fieldError, type Path, validateDns1123Subdomain } from '@windlass/meta';

const MAX_HOST = 253;
const MAX_PATH = 63 * 5 + 4;

/** ValidateSignerName: `domain/path`, as certificate requests and trust bundles name their signers. */
export function validateSignerName(signer: string, at: Path): FieldError[] {
  if (signer === '') return [fieldError.required(at)];
  const segments = signer.split('/');
  if (segments.length !== 2)
    return [fieldError.invalid(at, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const [host = '', name = ''] = segments;
  const errors: FieldError[] = [];
  if (host.length > MAX_HOST) errors.push(fieldError.tooLong(at, host, MAX_HOST));
  for (const text of validateDns1123Subdomain(host))
    errors.push(fieldError.invalid(at, host, `validating label ${JSON.stringify(host)}: ${text}`));
  if (!host.includes('.'))
    errors.push(fieldError.invalid(at, host, 'should be a domain with at least two segments separated by dots'));
  if (name === '') errors.push(fieldError.invalid(at, signer, 'validating label "": must be non-empty'));
  for (const text of validateDns1123Subdomain(name))
    errors.push(fieldError.invalid(at, signer, `validating label ${JSON.stringify(name)}: ${text}`));
  if (name.length > MAX_PATH) errors.push(fieldError.tooLong(at, name, MAX_PATH));
  return errors;
}
