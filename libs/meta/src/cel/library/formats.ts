import {
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelValue,
  validateQualifiedName,
} from '../../names.ts';
import { matchesFormat } from '../../structural/formats.ts';
import { Library } from '../functions.ts';
import { Opaque, Optional } from '../values.ts';

type Validate = (text: string) => string[];

class FormatValue extends Opaque {
  override readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly validate: Validate;
  constructor(name: string, validate: Validate) {
    super();
    this.name = name;
    this.validate = validate;
  }
  override same(other: Opaque): boolean {
    return other instanceof FormatValue && other.name === this.name;
  }
}

const prefix =
  (validate: Validate): Validate =>
  (text) =>
    validate(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);
const format =
  (name: string, message: string): Validate =>
  (text) =>
    matchesFormat(name, text) ? [] : [message];

const FORMATS: Record<string, Validate> = {
  dns1123Label: validateDns1123Label,
  dns1123Subdomain: validateDns1123Subdomain,
  dns1035Label: validateDns1035Label,
  qualifiedName: validateQualifiedName,
  dns1123LabelPrefix: prefix(validateDns1123Label),
  dns1123SubdomainPrefix: prefix(validateDns1123Subdomain),
  dns1035LabelPrefix: prefix(validateDns1035Label),
  labelValue: validateLabelValue,
  uri: format('uri', 'invalid URI'),
  uuid: format('uuid', 'does not match the UUID format'),
  byte: format('byte', 'invalid base64'),
  date: format('date', 'invalid date'),
  datetime: format('date-time', 'invalid datetime'),
};

const values = new Map(Object.entries(FORMATS).map(([name, validate]) => [name, new FormatValue(name, validate)]));

/** k8s.io/apiserver/pkg/cel/library/format.go */
export const formats = new Library()
  .def('format.named', '(string): optional(kubernetes.NamedFormat)', (name: string) => {
    const found = values.get(name);
    return found ? new Optional(found) : Optional.none;
  })
  .def('validate', 'kubernetes.NamedFormat.(string): optional(list(string))', (named: FormatValue, text: string) => {
    const problems = named.validate(text);
    return problems.length > 0 ? new Optional(problems) : Optional.none;
  });
for (const [name, value] of values) formats.def(`format.${name}`, '(): kubernetes.NamedFormat', () => value);
