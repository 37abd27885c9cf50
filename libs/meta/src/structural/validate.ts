import type { FieldError } from '../field-error.ts';
import { fieldError } from '../field-errors.ts';
import { equalJson, isMap, type JsonMap } from '../json-value.ts';
import { stableJson } from '../random-name.ts';
import type { Schema } from '../schema.ts';
import { oldItemsOf, oldMember, propertySchema, unchanged } from './correlate.ts';
import { matchesFormat } from './formats.ts';

/**
 * Validates a custom resource against its structural schema. Texts and their order are those of apiextensions; CEL rules are not
 * evaluated here. Formats and patterns that cannot be compiled are not checked.
 * @param old what the value was: faults of parts that have not changed are not told again (KEP-4008)
 */
export function validateStructural(value: unknown, schema: Schema, at = '', old?: unknown): FieldError[] {
  const errors: FieldError[] = [];
  validateValue(value, schema, at, errors, old);
  if (old === undefined || !hasListFaults(old, schema)) validateLists(value, schema, at, errors);
  return errors;
}

function hasListFaults(value: unknown, schema: Schema): boolean {
  const errors: FieldError[] = [];
  validateLists(value, schema, '', errors);
  return errors.length > 0;
}

/** JSON Schema's name of a value's type. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const allowedTypes = (schema: Schema): string[] =>
  schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];

const fits = (type: string, allowed: string[]): boolean =>
  allowed.includes(type) || (type === 'integer' && allowed.includes('number'));

function validateValue(value: unknown, schema: Schema, at: string, errors: FieldError[], old?: unknown): void {
  const before = errors.length;
  checkValue(value, schema, at, errors, old);
  if (errors.length > before && old !== undefined && unchanged(value, old, schema)) errors.length = before;
}

function checkValue(value: unknown, schema: Schema, at: string, errors: FieldError[], old: unknown): void {
  const type = typeOf(value);
  if (type === 'null' && (schema.nullable || schema['x-kubernetes-preserve-unknown-fields'])) return;
  const allowed = allowedTypes(schema);
  if (allowed.length > 0 && !fits(type, allowed)) {
    const detail = `${at} in body must be of type ${allowed.join(',')}: ${JSON.stringify(type)}`;
    errors.push(fieldError.typeInvalid(at, type, at ? detail : detail.slice(1)));
    if (allowed[0] === 'integer' && type === 'number' && allowed.length === 1) {
      errors.push(fieldError.invalid('<nil>', '', `Checked value must be of type integer (default format) in ${at}`));
    }
  }
  combinators(value, schema, at, errors);
  if (typeof value === 'string') strings(value, schema, at, errors);
  else if (typeof value === 'number') numbers(value, schema, at, errors);
  else if (Array.isArray(value)) lists(value, schema, at, errors, old);
  if (schema.enum && !schema.enum.some((option) => equalJson(option, value))) {
    const supported = schema.enum.map((option) => (typeof option === 'string' ? option : JSON.stringify(option)));
    errors.push(fieldError.notSupported(at, value, supported));
  }
  if (isMap(value)) maps(value, schema, at, errors, old);
}

const isValid = (value: unknown, schema: Schema, at: string): boolean => {
  const errors: FieldError[] = [];
  validateValue(value, schema, at, errors);
  return errors.length === 0;
};

function combinators(value: unknown, schema: Schema, at: string, errors: FieldError[]): void {
  const fail = (what: string): void => {
    errors.push(fieldError.invalid(at, value, `${JSON.stringify(at)} must ${what}`));
  };
  if (schema.anyOf && !schema['x-kubernetes-int-or-string'] && !schema.anyOf.some((option) => isValid(value, option, at))) {
    fail('validate at least one schema (anyOf)');
  }
  if (schema.oneOf) {
    const valid = schema.oneOf.filter((option) => isValid(value, option, at)).length;
    if (valid !== 1) fail(`validate one and only one schema (oneOf). Found ${valid === 0 ? 'none' : String(valid)} valid`);
  }
  for (const option of schema.allOf ?? []) validateValue(value, option, at, errors);
  if (schema.not && isValid(value, schema.not, at)) fail('not validate the schema (not)');
}

const patterns = new Map<string, RegExp | null>();

function patternOf(text: string): RegExp | null {
  let pattern = patterns.get(text);
  if (pattern === undefined) {
    try {
      pattern = new RegExp(text, 'u');
    } catch {
      pattern = null;
    }
    patterns.set(text, pattern);
  }
  return pattern;
}

function strings(value: string, schema: Schema, at: string, errors: FieldError[]): void {
  const length = [...value].length;
  const { minLength, maxLength, pattern, format } = schema;
  // Of length and pattern only the first that fails is told.
  if (maxLength !== undefined && length > maxLength) errors.push(fieldError.tooLong(at, value, maxLength));
  else if (minLength !== undefined && length < minLength) {
    errors.push(fieldError.invalid(at, value, `${at} in body should be at least ${minLength} chars long`));
  } else if (pattern !== undefined && patternOf(pattern)?.test(value) === false) {
    errors.push(fieldError.invalid(at, value, `${at} in body should match '${pattern}'`));
  }
  if (format !== undefined && !matchesFormat(format, value)) {
    errors.push(fieldError.typeInvalid(at, value, `${at} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
}

function numbers(value: number, schema: Schema, at: string, errors: FieldError[]): void {
  const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
  const fail = (what: string): void => {
    errors.push(fieldError.invalid(at, value, `${at} in body should be ${what}`));
  };
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    fail(`a multiple of ${multipleOf}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    fail(exclusiveMaximum ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    fail(exclusiveMinimum ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  }
}

function lists(value: unknown[], schema: Schema, at: string, errors: FieldError[], old: unknown): void {
  const { minItems, maxItems, items } = schema;
  if (items) {
    const before = oldItemsOf(schema, old);
    value.forEach((item, i) => {
      validateValue(item, items, `${at}[${i}]`, errors, before(item));
    });
  }
  if (minItems !== undefined && value.length < minItems) {
    errors.push(fieldError.invalid(at, value.length, `${at} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) errors.push(fieldError.tooMany(at, value.length, maxItems));
  if (schema.uniqueItems && new Set(value.map(stableJson)).size < value.length) {
    errors.push(fieldError.invalid(at, value, `${at} in body shouldn't contain duplicates`));
  }
}

const join = (at: string, key: string): string => (at ? `${at}.${key}` : key);

function maps(value: JsonMap, schema: Schema, at: string, errors: FieldError[], old: unknown): void {
  const { minProperties, maxProperties, required } = schema;
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    errors.push(fieldError.invalid(at, count, `${at} in body should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && count > maxProperties) errors.push(fieldError.tooMany(at, count, maxProperties));
  for (const key of required ?? []) if (!Object.hasOwn(value, key)) errors.push(fieldError.required(join(at, key)));
  for (const key of Object.keys(value)) {
    const below = propertySchema(schema, key);
    if (below) validateValue(value[key], below, join(at, key), errors, oldMember(old, key));
  }
  if (schema['x-kubernetes-embedded-resource']) embedded(value, at, errors);
}

function embedded(value: JsonMap, at: string, errors: FieldError[]): void {
  for (const key of ['apiVersion', 'kind']) {
    if (typeof value[key] !== 'string' || value[key] === '') errors.push(fieldError.required(join(at, key)));
  }
}

/** Uniqueness in sets and list-maps, checked after the schema itself. */
function validateLists(value: unknown, schema: Schema, at: string, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const seen = new Set<string>();
    value.forEach((item, i) => {
      if (type === 'set' || (type === 'map' && isMap(item))) {
        const identity = type === 'set' ? item : Object.fromEntries(keys.map((key) => [key, (item as JsonMap)[key]]));
        const text = stableJson(identity);
        if (seen.has(text)) errors.push(fieldError.duplicate(`${at}[${i}]`, identity));
        seen.add(text);
      }
      if (schema.items) validateLists(item, schema.items, `${at}[${i}]`, errors);
    });
  } else if (isMap(value)) {
    for (const key of Object.keys(value)) {
      const below = propertySchema(schema, key);
      if (below) validateLists(value[key], below, join(at, key), errors);
    }
  }
}
