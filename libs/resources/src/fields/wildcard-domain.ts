import { maxLengthError, regexError } from '@windlass/meta';

const WILDCARD = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const wildcard = new RegExp(`^${WILDCARD}$`);

/** IsWildcardDNS1123Subdomain: texts of what is wrong with `*.example.com`. */
export function wildcardSubdomainTexts(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLengthError(253));
  if (!wildcard.test(value))
    errors.push(
      regexError(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        WILDCARD,
        '*.example.com',
      ),
    );
  return errors;
}
