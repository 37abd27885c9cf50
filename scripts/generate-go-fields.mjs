// Writes libs/meta/src/decode/go-fields.gen.ts from the Go sources of Kubernetes' API types:
//   node scripts/generate-go-fields.mjs FOLDER
// FOLDER holds k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver (Debian packages golang-k8s-*-dev put it under
// usr/share/gocode/src/k8s.io). Schemas do not tell pointers from plain fields, nor which of those are left out when empty.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node scripts/generate-go-fields.mjs FOLDER');
const root = path.resolve(import.meta.dirname, '..');
const schemas = JSON.parse(readFileSync(path.join(root, 'libs/resources/data/schema-facts.json'), 'utf8'));

/** Go package folder of a schema: io.k8s.api.core.v1.Pod → api/core/v1. */
const packageOf = (schema) => schema.split('.').slice(2, -1).join('/');
const structs = new Map();
const collections = new Set();
const scalars = new Map([
  ['string', 'scalar'],
  ['bool', 'scalar'],
  ['float64', 'scalar'],
  ['byte', 'scalar'],
]);
for (const size of ['', '8', '16', '32', '64']) scalars.set(`int${size}`, 'scalar').set(`uint${size}`, 'scalar');

for (const place of new Set(['apimachinery/pkg/types', ...Object.keys(schemas).map(packageOf)])) {
  const at = path.join(folder, place);
  if (!statSync(at, { throwIfNoEntry: false })) continue;
  for (const file of readdirSync(at).filter((name) => name.endsWith('.go') && !/_test\.go$|^zz_generated|\.pb\.go$/.test(name))) {
    const text = readFileSync(path.join(at, file), 'utf8');
    for (const [, name, type] of text.matchAll(/^type (\w+) (\w+)$/gm)) if (scalars.has(type)) scalars.set(name, 'scalar');
    for (const [, name] of text.matchAll(/^type (\w+) (?:map)?\[/gm)) collections.add(name);
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms))
      structs.set(`${place}.${name}`, fieldsOf(body));
  }
}

function fieldsOf(body) {
  const fields = [];
  for (const line of body.split('\n')) {
    const [, name, type, tags] = /^\s+(?:(\w+)\s+)?(\S+)\s+`([^`]*)`/.exec(line) ?? [];
    const json = /json:"([^"]*)"/.exec(tags ?? '')?.[1]?.split(',');
    if (!json || json[0] === '-') continue;
    if (json[0] === '') fields.push({ inline: type ?? name });
    else fields.push({ key: json[0], type, omitempty: json.includes('omitempty'), omitzero: json.includes('omitzero') });
  }
  return fields;
}

/** Fields of a struct, those of its embedded ones included. */
function flat(place, name) {
  const own = structs.get(`${place}.${name}`);
  if (!own) return undefined;
  return own.flatMap((field) => {
    if (!field.inline) return [field];
    const bare = field.inline.split('.').at(-1);
    const elsewhere = field.inline.includes('.') ? ['apimachinery/pkg/apis/meta/v1', 'api/core/v1'] : [place];
    const found = elsewhere.map((each) => flat(each, bare)).find(Boolean);
    if (!found) throw new Error(`${place}.${name}: embedded ${field.inline} is not found`);
    return found;
  });
}

// Not in a package of Debian: k8s.io/kube-aggregator.
const AGGREGATOR = 'kube-aggregator.pkg.apis.apiregistration.v1.';
const pointers = { [`${AGGREGATOR}ServiceReference`]: ['port'] };
const written = {
  [`${AGGREGATOR}APIService`]: ['metadata', 'spec', 'status'],
  [`${AGGREGATOR}APIServiceCondition`]: ['type', 'status', 'lastTransitionTime'],
  [`${AGGREGATOR}APIServiceList`]: ['metadata', 'items'],
  [`${AGGREGATOR}APIServiceSpec`]: ['groupPriorityMinimum', 'versionPriority'],
};
for (const [schema, { properties }] of Object.entries(schemas)) {
  if (!properties || schema.includes(AGGREGATOR)) continue;
  const fields = flat(packageOf(schema), schema.split('.').at(-1));
  if (!fields) throw new Error(`no Go type for ${schema}`);
  const key = schema.replace(/^io\.k8s\./, '');
  const known = fields.filter((field) => Object.hasOwn(properties, field.key));
  const missing = Object.keys(properties).filter((name) => !known.some((field) => field.key === name));
  if (missing.length > 0) throw new Error(`${schema}: ${missing} not among Go's fields`);
  const bare = ({ type }) => type.replace(/^\*/, '').split('.').at(-1);
  const isPointer = ({ type }) => type.startsWith('*');
  const isScalar = (field) => scalars.has(bare(field));
  const isStruct = (field) =>
    !isPointer(field) && !isScalar(field) && !/^\[|^map\[/.test(field.type) && !collections.has(bare(field));
  const pointing = known.filter((field) => isPointer(field) && isScalar(field)).map((field) => field.key);
  // encoding/json leaves out an empty struct only where it is told to by omitzero.
  const always = known
    .filter((field) => !field.omitzero && (!field.omitempty || isStruct(field)))
    .map((field) => (isPointer(field) ? `${field.key}*` : field.key));
  if (pointing.length > 0) pointers[key] = pointing;
  if (always.length > 0) written[key] = always;
}

const table = (entries) =>
  Object.entries(entries)
    .map(([name, keys]) => `  '${name}': '${keys.join(' ')}',`)
    .join('\n');
writeFileSync(
  path.join(root, 'libs/meta/src/decode/go-fields.gen.ts'),
  `// Generated by scripts/generate-go-fields.mjs from the Go types of Kubernetes' API. Do not edit.

/** Scalars behind a pointer, by schema: an explicit zero ('', 0, false) is kept. Of all other scalars it is left out, if not written always. */
export const POINTERS: Readonly<Record<string, string>> = {
${table(pointers)}
};

/** Fields that are written even when unset: scalars as their zero, structs as an object, lists, maps, times and pointers (with a star) as null. */
export const WRITTEN: Readonly<Record<string, string>> = {
${table(written)}
};
`,
);
