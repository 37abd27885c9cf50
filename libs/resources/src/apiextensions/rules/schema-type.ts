import { type CelType, celTypes, escapeCelName, type Schema } from '@windlass/meta';

const { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } = celTypes;

/** A schema as expressions see it, with the bounds that estimates of their cost go by. */
export interface SizedType {
  type: CelType;
  /** Bytes of its shortest JSON. */
  minSize: number;
  /** Most characters of a string, items of a list, members of a map. */
  max: number;
  /** Of items or values. */
  element?: SizedType;
  key?: SizedType;
  /** By escaped name. */
  fields?: ReadonlyMap<string, SizedType>;
}

/** The largest request (3 MiB), which bounds what the schema leaves open. */
export const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

const scalar = (type: CelType, minSize: number, max = 0): SizedType => ({ type, minSize, max });
const TEXT: Schema = { type: 'string' };
const OBJECT_META: Schema = { type: 'object', properties: { name: TEXT, generateName: TEXT } };
const FORMATS: Record<string, SizedType> = {
  duration: scalar(DURATION, 3, 32),
  date: scalar(TIMESTAMP, 12, 12),
  'date-time': scalar(TIMESTAMP, 21, 32),
};

/** apiVersion, kind and two names are there at the root of every resource; the rest of metadata is not shown. */
const withMeta = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, apiVersion: TEXT, kind: TEXT, metadata: OBJECT_META },
});

function sizedString({ format, maxLength, enum: options = [] }: Schema): SizedType {
  const unbounded = MAX_REQUEST_BYTES - 2;
  if (format === 'byte') return scalar(BYTES, 2, maxLength ?? unbounded);
  if (format !== undefined && Object.hasOwn(FORMATS, format)) return FORMATS[format]!;
  if (maxLength !== undefined) return scalar(STRING, 2, Math.max(0, maxLength) * 4);
  const longest = Math.max(0, ...options.map((option) => (typeof option === 'string' ? Buffer.byteLength(option) : 0)));
  return scalar(STRING, 2, options.length > 0 ? longest : unbounded);
}

function sizedObject(schema: Schema, name: string): SizedType {
  const fields = new Map<string, SizedType>();
  let minSize = 2;
  const declared = new Map<string, { type: CelType; json: string }>();
  for (const [property, below] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeCelName(property);
    const sized = schemaType(below, below['x-kubernetes-embedded-resource'] ?? false, `${name}.${escaped ?? property}`);
    if (!sized) continue;
    if (escaped !== undefined) {
      fields.set(escaped, sized);
      declared.set(escaped, { type: sized.type, json: property });
    }
    if (schema.required?.includes(property) && below.default === undefined)
      minSize += Buffer.byteLength(property) + sized.minSize + 4;
  }
  return { type: { kind: 'object', name, fields: declared }, minSize, max: 0, fields };
}

/**
 * The type that rules see, or undefined when they cannot see the schema: one without a type, or a list or map of such
 * (k8s.io/apiserver/pkg/cel/common/schemas.go). Fields that the schema does not name do not exist for rules.
 * @param isResource the root of a custom or embedded resource
 * @param name of object types in messages
 */
export function schemaType(schema: Schema, isResource: boolean, name = 'selfType'): SizedType | undefined {
  if (schema['x-kubernetes-int-or-string'])
    return scalar(DYN, 1, schema.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : Math.max(0, schema.maxLength) * 4);
  const whole = isResource ? withMeta(schema) : schema;
  switch (schema.type) {
    case 'boolean':
      return scalar(BOOL, 4);
    case 'number':
      return scalar(DOUBLE, 1);
    case 'integer':
      return scalar(INT, 1);
    case 'string':
      return sizedString(schema);
    case 'array': {
      const { items } = whole;
      const element = items && schemaType(items, items['x-kubernetes-embedded-resource'] ?? false, `${name}.@idx`);
      if (!element) return undefined;
      const max = Math.max(0, whole.maxItems ?? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSize + 1)));
      return { type: listOf(element.type, max), minSize: 2, max, element };
    }
    case 'object': {
      const values = whole.additionalProperties;
      if (typeof values !== 'object') return sizedObject(whole, name);
      const element = schemaType(values, values['x-kubernetes-embedded-resource'] ?? false, `${name}.@elem`);
      if (!element) return undefined;
      const max = Math.max(0, whole.maxProperties ?? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSize + 6)));
      return { type: mapOf(STRING, element.type, max), minSize: 2, max, element, key: scalar(STRING, 2) };
    }
  }
  return undefined;
}
