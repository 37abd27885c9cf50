import { equalJson, type FieldError, fieldError, fieldErrorMessage, type Path, regexpError, type Schema } from '@windlass/meta';

type Level = 'root' | 'items' | 'field';

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];
const EMPTY_TYPE: Record<Level, string> = {
  root: 'must not be empty at the root',
  items: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const METADATA = 'must not specify anything other than name and generateName, but metadata is implicitly specified';

/** What a schema under allOf, anyOf, oneOf or not may not say, and the words for it. */
const NESTED: readonly [keyof Schema, string][] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

const properties = (schema: Schema): [string, Schema][] => Object.entries(schema.properties ?? {});
const says = (value: unknown): boolean =>
  value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);

/** What metadata at the root may say beside its type and default: restrictions of name and generateName. */
function restrictsNamesOnly(schema: Schema): boolean {
  const { type: _, default: __, properties: fields = {}, ...rest } = schema;
  return (
    Object.keys(fields).every((name) => name === 'name' || name === 'generateName') && Object.values(rest).every((v) => !says(v))
  );
}

class Checker {
  readonly errors: FieldError[] = [];

  invariants(schema: Schema, level: Level, at: Path): void {
    const { type = '', items, additionalProperties } = schema;
    const embedded = schema['x-kubernetes-embedded-resource'] === true;
    if (type === 'array' && !items) this.errors.push(fieldError.required(at.child('items'), 'must be specified'));
    if (items) this.invariants(items, 'items', at.child('items'));
    for (const [name, property] of properties(schema)) this.invariants(property, 'field', at.child('properties').key(name));
    if (additionalProperties !== undefined) {
      const here = at.child('additionalProperties');
      if (level === 'root') this.errors.push(fieldError.forbidden(here, 'must not be used at the root'));
      if (typeof additionalProperties === 'object') this.invariants(additionalProperties, 'field', here);
      if (embedded) this.errors.push(fieldError.forbidden(here, 'must not be used if x-kubernetes-embedded-resource is set'));
    }
    this.#extensions(schema, at);
    this.#valueValidation(schema, at, {
      anyOf: equalJson(schema.anyOf, INT_OR_STRING),
      firstAllOf: equalJson(schema.allOf?.[0]?.anyOf, INT_OR_STRING),
    });
    this.#type(schema, level, embedded, at);
    this.#metadata(schema, level, embedded, at);
  }

  #extensions(schema: Schema, at: Path): void {
    if (!schema['x-kubernetes-int-or-string']) return;
    for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
      if (schema[name])
        this.errors.push(fieldError.invalid(at.child(name), true, 'must be false if x-kubernetes-int-or-string is true'));
  }

  #type(schema: Schema, level: Level, embedded: boolean, at: Path): void {
    const { type = '' } = schema;
    const here = at.child('type');
    const wanted = 'must be object if x-kubernetes-embedded-resource is true';
    if (embedded && type !== 'object')
      this.errors.push(type ? fieldError.invalid(here, type, wanted) : fieldError.required(here, wanted));
    else if (!type && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields'])
      this.errors.push(fieldError.required(here, EMPTY_TYPE[level]));
    if (level === 'root' && type && type !== 'object')
      this.errors.push(fieldError.invalid(here, type, 'must be object at the root'));
  }

  #metadata(schema: Schema, level: Level, embedded: boolean, at: Path): void {
    const fields = schema.properties ?? {};
    const of = (name: string): Path => at.child('properties').key(name);
    const resource = level === 'root' || embedded;
    if (resource)
      for (const name of ['kind', 'apiVersion'])
        if (Object.hasOwn(fields, name) && fields[name]!.type !== 'string')
          this.errors.push(fieldError.invalid(of(name).child('type'), fields[name]!.type ?? '', 'must be string'));
    if (Object.hasOwn(fields, 'metadata')) {
      const metadata = fields.metadata!;
      if (resource && metadata.type !== 'object')
        this.errors.push(fieldError.invalid(of('metadata').child('type'), metadata.type ?? '', 'must be object'));
      if (level === 'root' && !restrictsNamesOnly(metadata)) this.errors.push(fieldError.forbidden(of('metadata'), METADATA));
    }
    if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && Object.keys(fields).length === 0)
      this.errors.push(
        fieldError.required(
          at.child('properties'),
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      );
  }

  #valueValidation(schema: Schema, at: Path, skip: { anyOf: boolean; firstAllOf: boolean }): void {
    if (!skip.anyOf) schema.anyOf?.forEach((each, i) => void this.#nested(each, at.child('anyOf').index(i)));
    schema.allOf?.forEach((each, i) => void this.#nested(each, at.child('allOf').index(i), skip.firstAllOf && i === 0));
    schema.oneOf?.forEach((each, i) => void this.#nested(each, at.child('oneOf').index(i)));
    if (schema.not) this.#nested(schema.not, at.child('not'));
    const wrong = schema.pattern ? regexpError(schema.pattern) : undefined;
    if (wrong)
      this.errors.push(
        fieldError.invalid(at.child('pattern'), schema.pattern, `must be a valid regular expression, but isn't: ${wrong}`),
      );
  }

  #nested(schema: Schema, at: Path, skipAnyOf = false): void {
    this.#valueValidation(schema, at, { anyOf: skipAnyOf, firstAllOf: false });
    if (schema.items) this.#nested(schema.items, at.child('items'));
    for (const [name, property] of properties(schema)) this.#nested(property, at.child('properties').key(name));
    for (const [field, text] of NESTED) if (says(schema[field])) this.errors.push(fieldError.forbidden(at.child(field), text));
    if (schema.properties && Object.hasOwn(schema.properties, 'metadata'))
      this.errors.push(fieldError.forbidden(at.child('properties').key('metadata'), 'must not be specified in a nested context'));
  }

  /** Whatever is validated under a junctor at the root is also specified outside of it. */
  completeness(validation: Schema, structure: Schema, at: Path, where: Path): void {
    if (validation.not) this.#counterpart(validation.not, structure, at, where.child('not'));
    for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const)
      validation[junctor]?.forEach((each, i) => void this.#counterpart(each, structure, at, where.child(junctor).index(i)));
  }

  #counterpart(validation: Schema, structure: Schema | undefined, at: Path, where: Path): void {
    if (!structure) {
      this.errors.push(fieldError.required(at, `because it is defined in ${where.text}`));
      return;
    }
    this.completeness(validation, structure, at, where);
    if (validation.items) this.#counterpart(validation.items, structure.items, at.child('items'), where.child('items'));
    for (const [name, property] of properties(validation)) {
      const own = structure.properties && Object.hasOwn(structure.properties, name) ? structure.properties[name] : undefined;
      this.#counterpart(property, own, at.child('properties').key(name), where.child('properties').key(name));
    }
  }
}

/** apiextensions' ValidateStructural: what keeps a schema structural, sorted by text. */
export function structuralErrors(schema: Schema, at: Path): FieldError[] {
  const checker = new Checker();
  checker.invariants(schema, 'root', at);
  checker.completeness(schema, schema, at, at);
  const text = fieldErrorMessage;
  return checker.errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
