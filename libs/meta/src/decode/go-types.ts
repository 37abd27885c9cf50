import type { Schema } from '../schema.ts';

/** Name in `#/components/schemas/NAME` of a `$ref`, also when wrapped in allOf. */
export function refName(schema: Schema): string | undefined {
  const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  return ref?.slice(ref.lastIndexOf('/') + 1);
}

export const structName = (schemaName: string): string => schemaName.slice(schemaName.lastIndexOf('.') + 1);

/** `io.k8s.api.core.v1.Container` → `v1.Container` */
function packageType(schemaName: string): string {
  const parts = schemaName.split('.');
  return parts.slice(-2).join('.');
}

/** The Go type that Kubernetes' error texts would name for a schema. */
export function goType(schema: Schema): string {
  const name = refName(schema);
  if (name) return packageType(name);
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string';
    case 'boolean':
      return 'bool';
    case 'integer':
      return schema.format === 'int64' ? 'int64' : 'int32';
    case 'number':
      return schema.format === 'float' ? 'float32' : 'float64';
    case 'array':
      return `[]${goType(schema.items ?? {})}`;
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `map[string]${goType(schema.additionalProperties)}`
        : 'map[string]interface {}';
  }
  return 'interface {}';
}

/** What encoding/json calls a JSON value in its errors. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
