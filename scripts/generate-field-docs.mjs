// Writes libs/resources/data/field-docs.json: what each field of the built-in kinds means, by schema and field ('' is the type itself).
// The texts are those of Kubernetes' OpenAPI (Apache-2.0), taken from the doc comments of @kubernetes/client-node's model classes.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as exported from '@kubernetes/client-node';

const root = path.resolve(import.meta.dirname, '..');
const data = path.join(root, 'libs/resources/data');
const schemas = JSON.parse(readFileSync(path.join(data, 'schema-facts.json'), 'utf8'));
const client = new Map(Object.entries(exported));
const models = path.join(path.dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen/models');

const pascal = (text) => text[0].toUpperCase() + text.slice(1);
/** Class names that a schema may have: `V1Pod`, or with its group in front when several groups have the type. */
function classOf(schema) {
  const [group, version, name] = schema.split('.').slice(-3);
  const fields = new Set(Object.keys(schemas[schema].properties ?? {}));
  for (const candidate of [`${pascal(group)}${pascal(version)}${name}`, `${pascal(version)}${name}`]) {
    const names = client
      .get(candidate)
      ?.getAttributeTypeMap?.()
      .map(({ baseName }) => baseName);
    if (names && names.length === fields.size && names.every((field) => fields.has(field))) return candidate;
  }
  return undefined;
}

const COMMENT = String.raw`/\*\*\s*\n\s*\* (.*)\n\s*\*/\s*\n\s*`;
const plain = (text) => text.replace(/\\(['"])/g, '$1').trim();

function docsOf(name) {
  const source = readFileSync(path.join(models, `${name}.d.ts`), 'utf8');
  const baseNames = new Map(
    client
      .get(name)
      .getAttributeTypeMap()
      .map((attribute) => [attribute.name, attribute.baseName]),
  );
  const docs = {};
  const type = new RegExp(`${COMMENT}export declare class`).exec(source);
  if (type) docs[''] = plain(type[1]);
  for (const [, text, field] of source.matchAll(new RegExp(`${COMMENT}'([^']+)'\\??:`, 'g')))
    if (baseNames.has(field)) docs[baseNames.get(field)] = plain(text);
  return docs;
}

const found = {};
for (const schema of Object.keys(schemas)) {
  const name = classOf(schema);
  if (name) found[schema] = docsOf(name);
}
writeFileSync(path.join(data, 'field-docs.json'), `${JSON.stringify(found)}\n`);
console.log(`${Object.keys(found).length} of ${Object.keys(schemas).length} schemas`);
