import {
  type FieldError,
  fieldError,
  maxLengthError,
  type Path,
  regexError,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelValue,
  validateQualifiedName,
} from '@windlass/meta';

/** Texts of what is wrong with a value. */
export type TextCheck = (value: string) => string[];

/** One `Invalid value` per text that `check` gives. */
export function textErrors(check: TextCheck, value: string, at: Path, prefix = ''): FieldError[] {
  const texts = check(value);
  return texts.length === 0 ? [] : texts.map((text) => fieldError.invalid(at, value, prefix + text));
}

export const dnsLabel = (value: string, at: Path): FieldError[] => textErrors(validateDns1123Label, value, at);
export const dnsSubdomain = (value: string, at: Path): FieldError[] => textErrors(validateDns1123Subdomain, value, at);
export const qualifiedName = (value: string, at: Path): FieldError[] => textErrors(validateQualifiedName, value, at);
export const labelValue = (value: string, at: Path): FieldError[] => textErrors(validateLabelValue, value, at);

/** As {@link dnsLabel} and {@link dnsSubdomain}; an empty or absent name is `Required value`. */
export const requiredDnsLabel = (value: string | undefined, at: Path): FieldError[] =>
  value ? dnsLabel(value, at) : [fieldError.required(at)];
export const requiredDnsSubdomain = (value: string | undefined, at: Path): FieldError[] =>
  value ? dnsSubdomain(value, at) : [fieldError.required(at)];

/** `Required value` when absent or empty. */
export const required = (value: unknown, at: Path, detail = ''): FieldError[] =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    ? [fieldError.required(at, detail)]
    : [];

/** An object name with generateName's tolerance of a trailing dash (NameIsDNSSubdomain with prefix). */
export const namePrefix = (value: string): string[] =>
  validateDns1123Subdomain(value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);

const UNDERSCORE_SUBDOMAIN = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const underscoreSubdomain = new RegExp(`^(?:${UNDERSCORE_SUBDOMAIN})$`);

/** validation.IsDNS1123SubdomainWithUnderscore */
export function underscoreSubdomainTexts(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLengthError(253));
  if (!underscoreSubdomain.test(value))
    errors.push(
      regexError(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        UNDERSCORE_SUBDOMAIN,
        'example.com',
      ),
    );
  return errors;
}

const httpHeader = /^[-A-Za-z0-9]+$/;

/** validation.IsHTTPHeaderName */
export const httpHeaderNameTexts = (value: string): string[] =>
  httpHeader.test(value)
    ? []
    : [regexError("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')];
