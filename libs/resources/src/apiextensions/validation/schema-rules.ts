import { type FieldError, fieldError, isMap, type Path, type Schema } from '@windlass/meta';
import type { JSONSchemaProps } from '../../types.gen.ts';
import { ruleFieldErrors } from './rule-fields.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META = new Set(['metadata', 'kind', 'apiVersion']);

/** Keywords of JSON Schema that definitions may not use. */
const UNSUPPORTED: readonly (keyof JSONSchemaProps)[] = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
];

/** Where in the schema of a definition one is. */
interface Place {
  root: boolean;
  /** Set: defaults are forbidden here, with the reason. */
  noDefaults?: string;
  /** In the schema of an object's apiVersion, kind or metadata. */
  insideMeta: boolean;
}

const isUnsupported = (schema: Schema): boolean =>
  UNSUPPORTED.some((word) => (schema as JSONSchemaProps)[word] !== undefined) || Array.isArray(schema.items);

/** Whether a schema holds, at any depth, what no structural schema can say; it is judged by its keywords alone then. */
export function isConvertible(schema: Schema): boolean {
  if (isUnsupported(schema)) return false;
  const { items, additionalProperties, not, allOf = [], anyOf = [], oneOf = [], properties = {} } = schema;
  const inner = [items, not, additionalProperties, ...allOf, ...anyOf, ...oneOf, ...Object.values(properties)];
  return inner.every((each) => typeof each !== 'object' || isConvertible(each));
}

class SchemaRules {
  readonly errors: FieldError[] = [];

  check(schema: Schema, at: Path, place: Place): void {
    this.#keywords(schema, at, place);
    const inner: Place = { ...place, root: false };
    if (schema.uniqueItems)
      this.#forbid(at.child('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
    this.#additional(schema, at, inner);
    for (const [name, property] of Object.entries(schema.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
      this.check(property, at.child('properties').key(name), this.#below(schema, name, place));
    if (schema.not) this.check(schema.not, at.child('not'), inner);
    for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const)
      schema[junctor]?.forEach((each, i) => void this.check(each, at.child(junctor).index(i), inner));
    if (isMap(schema.items)) this.check(schema.items as Schema, at.child('items'), inner);
    if ((schema['x-kubernetes-preserve-unknown-fields'] as boolean | undefined) === false)
      this.errors.push(fieldError.invalid(at.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
    this.#maps(schema, at);
    this.#lists(schema, at);
    this.#listMaps(schema, at);
    this.#listItems(schema, at);
    this.errors.push(...ruleFieldErrors(schema, at));
  }

  #forbid(at: Path, text: string): void {
    this.errors.push(fieldError.forbidden(at, text));
  }

  #keywords(schema: Schema, at: Path, { noDefaults, insideMeta }: Place): void {
    const { type } = schema;
    if (type && !TYPES.includes(type)) this.errors.push(fieldError.notSupported(at.child('type'), type, TYPES));
    if (schema.default !== undefined && noDefaults) this.#forbid(at.child('default'), `must not be set ${noDefaults}`);
    for (const word of UNSUPPORTED)
      if ((schema as JSONSchemaProps)[word] !== undefined) this.#forbid(at.child(word), `${word} is not supported`);
    if (type === 'null') this.#forbid(at.child('type'), 'type cannot be set to null, use nullable as an alternative');
    if (Array.isArray(schema.items)) this.#forbid(at.child('items'), 'items must be a schema object and not an array');
    if (insideMeta && schema['x-kubernetes-embedded-resource'])
      this.#forbid(at.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta');
  }

  #additional(schema: Schema, at: Path, place: Place): void {
    const additional = schema.additionalProperties;
    if (additional === undefined) return;
    const here = at.child('additionalProperties');
    if (Object.keys(schema.properties ?? {}).length > 0 && additional !== true)
      this.#forbid(here, 'additionalProperties and properties are mutual exclusive');
    const reason = place.insideMeta ? 'inside additionalProperties applying to object metadata' : place.noDefaults;
    if (typeof additional === 'object') this.check(additional, here, { ...place, noDefaults: reason });
  }

  #below(schema: Schema, name: string, place: Place): Place {
    const resource = place.root || schema['x-kubernetes-embedded-resource'];
    if (!resource || !META.has(name)) return { ...place, root: false };
    return { root: false, insideMeta: true, noDefaults: place.root ? `in top-level ${name}` : place.noDefaults };
  }

  #typed(schema: Schema, wanted: string, extension: string, at: Path): boolean {
    const text = `must be ${wanted} if ${extension} is specified`;
    if (schema.type === wanted) return true;
    this.errors.push(
      schema.type ? fieldError.invalid(at.child('type'), schema.type, text) : fieldError.required(at.child('type'), text),
    );
    return false;
  }

  #maps(schema: Schema, at: Path): void {
    const kind = schema['x-kubernetes-map-type'];
    if (kind === undefined) return;
    this.#typed(schema, 'object', 'x-kubernetes-map-type', at);
    if (kind !== 'atomic' && kind !== 'granular')
      this.errors.push(fieldError.notSupported(at.child('x-kubernetes-map-type'), kind, ['atomic', 'granular']));
  }

  #lists(schema: Schema, at: Path): void {
    const kind = schema['x-kubernetes-list-type'];
    if (kind === undefined) return;
    if (this.#typed(schema, 'array', 'x-kubernetes-list-type', at) && kind === 'set' && schema.items) {
      const { type, 'x-kubernetes-list-type': list, 'x-kubernetes-map-type': map } = schema.items;
      const text = 'must be atomic as item of a list with x-kubernetes-list-type=set';
      // Kubernetes shows the list type in both cases.
      if (type === 'array' && list !== undefined && list !== 'atomic')
        this.errors.push(fieldError.invalid(at.child('items', 'x-kubernetes-list-type'), list, text));
      if (type === 'object' && map !== 'atomic')
        this.errors.push(fieldError.invalid(at.child('items', 'x-kubernetes-map-type'), list ?? null, text));
    }
    if (!['atomic', 'set', 'map'].includes(kind))
      this.errors.push(fieldError.notSupported(at.child('x-kubernetes-list-type'), kind, ['atomic', 'set', 'map']));
  }

  #listMaps(schema: Schema, at: Path): void {
    const { 'x-kubernetes-list-type': kind, 'x-kubernetes-list-map-keys': keys = [], items } = schema;
    const [type, mapKeys] = [at.child('x-kubernetes-list-type'), at.child('x-kubernetes-list-map-keys')];
    if (keys.length > 0 && kind !== 'map') {
      const text = 'must be map if x-kubernetes-list-map-keys is non-empty';
      this.errors.push(kind === undefined ? fieldError.required(type, text) : fieldError.invalid(type, kind, text));
    }
    if (kind !== 'map') return;
    if (keys.length === 0) this.errors.push(fieldError.required(mapKeys, 'must not be empty if x-kubernetes-list-type is map'));
    if (!items) {
      this.errors.push(fieldError.required(at.child('items'), 'must have a schema if x-kubernetes-list-type is map'));
      return;
    }
    if (items.type !== 'object') {
      const text = "must be object if parent array's x-kubernetes-list-type is map";
      this.errors.push(fieldError.invalid(at.child('items', 'type'), items.type ?? '', text));
      return;
    }
    keys.forEach((key, i) => {
      const property = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
      if (!property) this.errors.push(fieldError.invalid(mapKeys, keys, 'entries must all be names of item properties'));
      else if (property.type === 'array' || property.type === 'object')
        this.errors.push(
          fieldError.invalid(
            at.child('items', 'properties').key(key).child('type'),
            items.type,
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        );
      if (keys.indexOf(key) < i) this.errors.push(fieldError.invalid(mapKeys, keys, 'must not contain duplicate entries'));
    });
  }

  /** Items of sets and maps are never null, and keys of maps always there. */
  #listItems(schema: Schema, at: Path): void {
    const { 'x-kubernetes-list-type': kind, 'x-kubernetes-list-map-keys': keys = [], items } = schema;
    if (!items || (kind !== 'set' && kind !== 'map')) return;
    if (items.nullable) this.#forbid(at.child('items', 'nullable'), `cannot be nullable when x-kubernetes-list-type is ${kind}`);
    if (kind === 'set') return;
    for (const key of keys) {
      const property = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
      if (!property) continue;
      const of = at.child('items', 'properties').key(key);
      const head = 'this property is in x-kubernetes-list-map-keys, so it';
      if (!items.required?.includes(key) && property.default === undefined)
        this.errors.push(fieldError.required(of.child('default'), `${head} must have a default or be a required property`));
      if (property.nullable) this.#forbid(of.child('nullable'), `${head} cannot be nullable`);
    }
  }
}

/** apiextensions' ValidateCustomResourceDefinitionOpenAPISchema, without the expressions of rules. */
export function schemaErrors(schema: Schema, at: Path): FieldError[] {
  const rules = new SchemaRules();
  rules.check(schema, at, { root: true, insideMeta: false });
  return rules.errors;
}
