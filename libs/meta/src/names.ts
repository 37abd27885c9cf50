/**
 * Name checks of k8s.io/apimachinery/pkg/util/validation. Each returns the texts of what is wrong, none when the value is right.
 */
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);

const labelRegex = whole(LABEL);
const subdomainRegex = whole(SUBDOMAIN);
const label1035Regex = whole(LABEL_1035);
const qualifiedRegex = whole(QUALIFIED);
const labelValueRegex = whole(LABEL_VALUE);
const portNameRegex = /^[-a-z0-9]+$/;
const cIdentifierRegex = /^[A-Za-z_][A-Za-z0-9_]*$/;
const configMapKeyRegex = /^[-._a-zA-Z0-9]+$/;
const envNameRegex = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** validation.MaxLenError; counts are bytes. */
export const maxLengthError = (length: number): string => `must be no more than ${length} characters`;

/** validation.RegexError: `message (e.g. 'a',  or 'b', regex used for validation is 'r')` */
export function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  let text = `${message} (e.g. `;
  examples.forEach((example, i) => {
    text += `${i > 0 ? ' or ' : ''}'${example}', `;
  });
  return `${text}regex used for validation is '${pattern}')`;
}

const DNS1123_LABEL_ERROR = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const DNS1123_SUBDOMAIN_ERROR = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const DNS1035_LABEL_ERROR = regexError(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);
const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_ERROR = regexError(QUALIFIED_TEXT, QUALIFIED, 'MyName', 'my.name', '123-abc');
const LABEL_VALUE_ERROR = regexError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);

const check = (value: string, max: number, regex: RegExp, text: string): string[] => {
  const errors: string[] = [];
  if (value.length > max) errors.push(maxLengthError(max));
  if (!regex.test(value)) errors.push(text);
  return errors;
};

export const validateDns1123Label = (value: string): string[] => check(value, 63, labelRegex, DNS1123_LABEL_ERROR);
export const validateDns1123Subdomain = (value: string): string[] => check(value, 253, subdomainRegex, DNS1123_SUBDOMAIN_ERROR);
export const validateDns1035Label = (value: string): string[] => check(value, 63, label1035Regex, DNS1035_LABEL_ERROR);
export const validateLabelValue = (value: string): string[] => check(value, 63, labelValueRegex, LABEL_VALUE_ERROR);

/** A label or annotation key: `name` or `dns.prefix/name`. */
export function validateQualifiedName(value: string): string[] {
  const errors: string[] = [];
  const parts = value.split('/');
  let name = value;
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    name = parts[1] as string;
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...validateDns1123Subdomain(prefix).map((text) => `prefix part ${text}`));
  } else if (parts.length !== 1) {
    return [
      `a qualified name ${regexError(QUALIFIED_TEXT, QUALIFIED, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${maxLengthError(63)}`);
  if (!qualifiedRegex.test(name)) errors.push(`name part ${QUALIFIED_ERROR}`);
  return errors;
}

/** May the value be one segment of a URL path? (RBAC names.) */
export function validatePathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  // NUL is our own: PostgreSQL stores none.
  return ['/', '%', '\0']
    .filter((part) => value.includes(part))
    .map((part) => `may not contain ${part === '\0' ? 'NUL' : `'${part}'`}`);
}

export const validateCIdentifier = (value: string): string[] =>
  cIdentifierRegex.test(value)
    ? []
    : [
        regexError(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          '[A-Za-z_][A-Za-z0-9_]*',
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ];

/** Names of environment variables: any printable ASCII but `=` (RelaxedEnvironmentVariableValidation). */
export function validateEnvName(value: string): string[] {
  if (value.length === 0) return ['environment variable name must not be empty'];
  for (const char of value) {
    if (char < ' ' || char > '~' || char === '=') {
      return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
    }
  }
  return [];
}

/** The older rule, still used for envFrom prefixes and some texts. */
export const validateStrictEnvName = (value: string): string[] =>
  envNameRegex.test(value)
    ? []
    : [
        regexError(
          "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
          '[-._a-zA-Z][-._a-zA-Z0-9]*',
          'my.env-name',
          'MY_ENV.NAME',
          'MyEnvName1',
        ),
      ];

/** Keys of ConfigMap and Secret data. */
export function validateConfigMapKey(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLengthError(253));
  if (!configMapKeyRegex.test(value)) {
    errors.push(
      regexError(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        '[-._a-zA-Z0-9]+',
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (value === '.' || value === '..') errors.push(`must not be '${value}'`);
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

/** An IANA service name as container and service port names. */
export function validatePortName(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 15) errors.push(maxLengthError(15));
  if (!portNameRegex.test(value)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export const validatePortNumber = (port: number): string[] =>
  port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
