import { DecodeError, type Decoder } from '../decode/decoder.ts';
import type { FieldError } from '../field-error.ts';
import { fieldError } from '../field-errors.ts';
import { isMap, type JsonMap } from '../json-value.ts';
import type { Schema } from '../schema.ts';
import { propertySchema } from './correlate.ts';

export interface CoerceContext {
  /** Of meta/v1 ObjectMeta. */
  metadata: Decoder;
  /** Storage: parts that do not fit are dropped instead of refused. */
  dropInvalid?: boolean;
  /** Paths of metadata fields that no ObjectMeta has. */
  unknown: string[];
}

/**
 * Gives apiVersion, kind and metadata of the root and of every embedded resource their types, in place
 * (apiextensions-apiserver's schema/objectmeta.Coerce).
 */
export function coerceResources(object: JsonMap, schema: Schema, context: CoerceContext): FieldError[] {
  const errors: FieldError[] = [];
  coerce(object, schema, true, '', context, errors);
  return errors;
}

const join = (at: string, key: string): string => (at ? `${at}.${key}` : key);

function coerce(value: unknown, schema: Schema, isResource: boolean, at: string, context: CoerceContext, errors: FieldError[]) {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [i, item] of value.entries()) descend(item, items, `${at}[${i}]`, context, errors);
    return;
  }
  if (!isMap(value)) return;
  if (isResource) coerceMetadata(value, at, context, errors);
  for (const key of Object.keys(value)) {
    if (isResource && key === 'metadata') continue;
    const below = propertySchema(schema, key);
    if (below) descend(value[key], below, join(at, key), context, errors);
  }
}

const descend = (value: unknown, schema: Schema, at: string, context: CoerceContext, errors: FieldError[]): void =>
  coerce(value, schema, schema['x-kubernetes-embedded-resource'] === true, at, context, errors);

function coerceMetadata(resource: JsonMap, at: string, context: CoerceContext, errors: FieldError[]): void {
  for (const key of ['apiVersion', 'kind']) {
    if (resource[key] === undefined || typeof resource[key] === 'string') continue;
    if (context.dropInvalid) delete resource[key];
    else errors.push(fieldError.invalid(join(at, key), resource[key], 'must be a string'));
  }
  const { metadata } = resource;
  if (metadata === undefined) return;
  const where = join(at, 'metadata');
  if (!isMap(metadata)) {
    if (context.dropInvalid) delete resource.metadata;
    else errors.push(fieldError.invalid(where, metadata, 'must be an object'));
    return;
  }
  try {
    const found = { unknown: [] as string[] };
    resource.metadata = context.metadata(metadata, found);
    context.unknown.push(...found.unknown.map((field) => `${where}.${field}`));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (context.dropInvalid) delete resource.metadata;
    else errors.push(fieldError.invalid(where, undefined, error.message));
  }
}
