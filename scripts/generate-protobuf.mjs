/**
 * Writes libs/resources/data/protobuf.json: field numbers of every served type by JSON name, from the reference's descriptor and the
 * schema facts. A type is `message name` or a scalar, behind `[]` when repeated and `{}` for maps. A field named `...x` is inlined.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const descriptor = read('../../shared/reference/protobuf-descriptor.json');
const schemas = read('../libs/resources/data/schema-facts.json');

const SPECIAL = {
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'k8s.io.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'k8s.io.apimachinery.pkg.apis.meta.v1.Duration': 'duration',
  'k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1': 'raw',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'raw',
};
const BY_NAME = {
  JSON: 'raw',
  Verbs: 'strings',
  ExtraValue: 'strings',
  JSONSchemaPropsOrBool: 'schemaOrBool',
  JSONSchemaPropsOrArray: 'schemaOrArray',
  JSONSchemaPropsOrStringArray: 'schemaOrStrings',
};
// Where the JSON name is not the field's: JSON Schema's own keywords.
const renamed = (struct, name) => {
  if (struct !== 'JSONSchemaProps') return name;
  if (name === 'ref' || name === 'schema') return `$${name}`;
  if (name.startsWith('xKubernetes')) return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return name;
};

const messages = new Map();
(function walk(node, path) {
  for (const [name, child] of Object.entries(node.nested ?? {})) {
    if (child.fields) messages.set([...path, name].join('.'), child.fields);
    walk(child, [...path, name]);
  }
})(descriptor, []);

const schemaName = (name) =>
  name.replace(/^k8s\.io\./, 'io.k8s.').replaceAll('apiextensions_apiserver', 'apiextensions-apiserver');
const last = (name) => name.slice(name.lastIndexOf('.') + 1);

function resolve(type, from) {
  if (type.startsWith('.')) return type.slice(1);
  for (let scope = from; scope; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.'))))
    if (messages.has(`${scope}.${type}`)) return `${scope}.${type}`;
  return undefined;
}

const out = {};
const missing = [];
function add(name) {
  const key = schemaName(name);
  if (out[key]) return;
  const fields = {};
  out[key] = fields;
  const properties = schemas[key]?.properties;
  for (const [given, field] of Object.entries(messages.get(name))) {
    const found = resolve(field.type, name);
    let type = field.type;
    if (found) type = SPECIAL[found] ?? BY_NAME[last(found)] ?? schemaName(found);
    if (found && type === schemaName(found)) add(found);
    let json = renamed(last(name), given);
    // Three Go names are not spelt as in JSON: aPIGroup, uID, Webhooks.
    if (properties && !(json in properties))
      json = Object.keys(properties).find((key) => key.toLowerCase() === json.toLowerCase()) ?? json;
    if (properties && !(json in properties)) {
      if (found && !field.rule && type === schemaName(found)) json = `...${json}`;
      else missing.push(`${key}.${json}`);
    }
    fields[json] = [field.id, `${field.keyType ? '{}' : field.rule === 'repeated' ? '[]' : ''}${type}`];
  }
}
const EXTRA = [
  'k8s.io.apimachinery.pkg.apis.meta.v1.WatchEvent',
  'k8s.io.apimachinery.pkg.runtime.Unknown',
  'k8s.io.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata',
  'k8s.io.apimachinery.pkg.apis.meta.v1.PartialObjectMetadataList',
];
for (const name of messages.keys()) {
  const schema = schemas[schemaName(name)];
  const special = SPECIAL[name] ?? BY_NAME[last(name)];
  if ((schema?.properties && !special) || EXTRA.includes(name)) add(name);
}
// kube-aggregator's messages are not in the descriptor; numbers from the protobuf tags of its API types.
const AGGREGATION = 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
Object.assign(out, {
  [`${AGGREGATION}.APIService`]: {
    metadata: [1, `${META}.ObjectMeta`],
    spec: [2, `${AGGREGATION}.APIServiceSpec`],
    status: [3, `${AGGREGATION}.APIServiceStatus`],
  },
  [`${AGGREGATION}.APIServiceCondition`]: {
    type: [1, 'string'],
    status: [2, 'string'],
    lastTransitionTime: [3, 'time'],
    reason: [4, 'string'],
    message: [5, 'string'],
  },
  [`${AGGREGATION}.APIServiceList`]: { metadata: [1, `${META}.ListMeta`], items: [2, `[]${AGGREGATION}.APIService`] },
  [`${AGGREGATION}.APIServiceSpec`]: {
    service: [1, `${AGGREGATION}.ServiceReference`],
    group: [2, 'string'],
    version: [3, 'string'],
    insecureSkipTLSVerify: [4, 'bool'],
    caBundle: [5, 'bytes'],
    groupPriorityMinimum: [7, 'int32'],
    versionPriority: [8, 'int32'],
  },
  [`${AGGREGATION}.APIServiceStatus`]: { conditions: [1, `[]${AGGREGATION}.APIServiceCondition`] },
  [`${AGGREGATION}.ServiceReference`]: { namespace: [1, 'string'], name: [2, 'string'], port: [3, 'int32'] },
});
if (missing.length > 0) console.warn(`not in the schemas: ${missing.join(', ')}`);
const sorted = Object.fromEntries(
  Object.keys(out)
    .sort()
    .map((key) => [key, out[key]]),
);
const lines = Object.entries(sorted).map(([key, fields]) => `${JSON.stringify(key)}:${JSON.stringify(fields)}`);
writeFileSync(new URL('../libs/resources/data/protobuf.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
console.log(
  `${Object.keys(out).length} messages, schemas without a message: ${Object.keys(schemas)
    .filter((n) => schemas[n].properties && !out[n])
    .join(', ')}`,
);
