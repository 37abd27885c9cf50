import type { Schema } from '@windlass/meta';
import type { CustomResourceDefinition } from '../../types.gen.ts';
import { schemaOf } from './definition-form.ts';

/** Formats of strings, without their hyphens, as go-openapi compares them. */
const STRINGS = new Set(
  `bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte
   password date duration datetime k8sshortname k8slongname`.split(/\s+/),
);

function isKnown({ type = '', format = '' }: Schema): boolean {
  if (type === '' || type === 'string') return STRINGS.has(format.replaceAll('-', ''));
  if (type === 'integer') return format === 'int32' || format === 'int64';
  return type === 'number' && (format === 'float' || format === 'double');
}

function collect(schema: Schema | undefined, found: Set<string>): void {
  if (!schema) return;
  if (schema.format && !isKnown(schema)) found.add(schema.format);
  for (const property of Object.values(schema.properties ?? {})) collect(property, found);
  if (schema.items) collect(schema.items, found);
  if (typeof schema.additionalProperties === 'object') collect(schema.additionalProperties, found);
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) for (const each of schema[junctor] ?? []) collect(each, found);
  collect(schema.not, found);
}

const unknownFormats = (crd: CustomResourceDefinition | undefined): Set<string> => {
  const found = new Set<string>();
  for (const version of crd?.spec.versions ?? []) collect(schemaOf(version), found);
  return found;
};

/** Formats that nobody checks, unless they were there before. */
export function formatWarnings(crd: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  const before = unknownFormats(old);
  return [...unknownFormats(crd)]
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}
