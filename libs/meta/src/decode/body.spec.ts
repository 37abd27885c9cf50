import { readFileSync } from 'node:fs';
import type { Schema } from '../schema.ts';
import { decodeBody, strictDecodingError } from './body.ts';
import { compileDecoder } from './decoder.ts';

const facts = JSON.parse(readFileSync(new URL('../../../resources/data/schema-facts.json', import.meta.url), 'utf8')) as Record<
  string,
  Schema
>;
const source = (name: string) => facts[name];
const configMap = {
  expected: { group: '', version: 'v1', kind: 'ConfigMap' },
  decoder: compileDecoder('io.k8s.api.core.v1.ConfigMap', source),
};
const pod = { expected: { group: '', version: 'v1', kind: 'Pod' }, decoder: compileDecoder('io.k8s.api.core.v1.Pod', source) };
const deployment = {
  expected: { group: 'apps', version: 'v1', kind: 'Deployment' },
  decoder: compileDecoder('io.k8s.api.apps.v1.Deployment', source),
};

test.each([
  [
    'json',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","nope":1},"bogus":1,"KIND":"x"}',
    ['unknown field "metadata.nope"', 'unknown field "bogus"', 'unknown field "KIND"'],
  ],
  [
    'json',
    '{"metadata":{"name":"a","name":"b"},"data":{"x":"1","x":"2"},"data":{"y":"3"}}',
    ['duplicate field "metadata.name"', 'duplicate field "data.x"', 'duplicate field "data"'],
  ],
  [
    'yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  bogus: 1\nunknown: true\ndata:\n  x: "1"\n  x: "2"\n',
    ['line 9: key "x" already set in map', 'unknown field "metadata.bogus"', 'unknown field "unknown"'],
  ],
] as const)('%s %s', (format, text, problems) => {
  expect(decodeBody(text, format, configMap).problems).toEqual(problems);
});

test('duplicates merge as Go merges', () => {
  const { object } = decodeBody(
    '{"metadata":{"name":"a","name":"b"},"data":{"x":"1","x":"2"},"data":{"y":"3"}}',
    'json',
    configMap,
  );
  expect(object).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'b' }, data: { x: '2', y: '3' } });
});

const head = '{"apiVersion":"v1","kind":"ConfigMap"';
const typeMeta =
  'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
const unread = "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error:";
const handled = 'ConfigMap in version "v1" cannot be handled as a ConfigMap:';

test.each([
  ['{', `${unread} unexpected end of JSON input ({)`],
  ['[]', `${unread} json: cannot unmarshal array into ${typeMeta} (5b5d)`],
  [`${head}`, `${unread} unexpected end of JSON input ({"apiVersion":"v1","kind":"Con ...)`],
  [
    `${head},}`,
    `${unread} invalid character '}' looking for beginning of object key string ({"apiVersion":"v1","kind":"Con ...)`,
  ],
  [`${head}} trailing`, `${unread} invalid character 't' after top-level value ({"apiVersion":"v1","kind":"Con ...)`],
  [
    '{"apiVersion":1,"kind":"ConfigMap"}',
    `${unread} json: cannot unmarshal number into Go struct field .apiVersion of type string ({"apiVersion":1,"kind":"Config ...)`,
  ],
  [
    `\ufeff${head}}`,
    `${unread} invalid character 'ï' looking for beginning of value (efbbbf7b2261706956657273696f6e223a227631222c226b696e64223a22 ...)`,
  ],
  [
    '{"apiVersion":"v1/x/y","kind":"ConfigMap"}',
    'the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion string: v1/x/y ({"apiVersion":"v1/x/y","kind": ...)',
  ],
  [
    `${head},"metadata":"x"}`,
    `${handled} json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta`,
  ],
  [
    `${head},"metadata":{"name":5}}`,
    `${handled} json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string`,
  ],
  [
    `${head},"data":"x"}`,
    `${handled} json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string`,
  ],
  [`${head},"data":{"a":["x"]}}`, `${handled} json: cannot unmarshal array into Go struct field ConfigMap.data of type string`],
  [`${head},"binaryData":{"a":"*"}}`, `${handled} illegal base64 data at input byte 0`],
  [
    '{"apiVersion":"v9","kind":"ConfigMap"}',
    'ConfigMap in version "v9" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ],
])('%s', (text, message) => {
  expect(() => decodeBody(text, 'json', configMap)).toThrow(new Error(message));
});

test.each([
  ['a: b: c', 'yaml: mapping values are not allowed in this context (613a20623a2063)'],
  [
    'apiVersion: v1\n\tkind: ConfigMap',
    'yaml: line 2: found a tab character that violates indentation (61706956657273696f6e3a2076310a096b696e643a20436f6e6669674d61 ...)',
  ],
])('yaml %s', (text, message) => {
  expect(() => decodeBody(text, 'yaml', configMap)).toThrow(
    `the object provided is unrecognized (must be of type ConfigMap): ${message}`,
  );
});

test('yaml 1.1 booleans, anchors, several documents', () => {
  expect(() => decodeBody('metadata: {name: a}\ndata: {a: yes}\n', 'yaml', configMap)).toThrow(
    'json: cannot unmarshal bool into Go struct field ConfigMap.data of type string',
  );
  expect(
    decodeBody('---\nmetadata: {name: a}\ndata: {a: &x "1", b: *x, c: "2001-01-01"}\n---\nkind: Pod\n', 'yaml', configMap).object,
  ).toEqual({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a' },
    data: { a: '1', b: '1', c: '2001-01-01' },
  });
  expect(decodeBody('# nothing', 'yaml', configMap).object.metadata).toEqual({});
});

test('a pod gets what Go always writes, loses what it omits', () => {
  const body = {
    metadata: { name: 'p', labels: {}, annotations: null },
    spec: {
      hostNetwork: false,
      terminationGracePeriodSeconds: 0,
      volumes: [],
      containers: [
        {
          name: 'c',
          image: 'i',
          command: null,
          env: [{ name: 'A', value: '' }],
          resources: { limits: { cpu: '1000m', memory: 1024 } },
        },
      ],
      securityContext: {},
    },
  };
  expect(decodeBody(JSON.stringify(body), 'json', pod).object).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'p' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'c', image: 'i', env: [{ name: 'A' }], resources: { limits: { cpu: '1', memory: '1024' } } }],
      securityContext: {},
    },
    status: {},
  });
});

test('numbers that do not fit', () => {
  const spec = (replicas: unknown) => JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas } });
  expect(() => decodeBody(spec(1.5), 'json', deployment)).toThrow(
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
  expect(() => decodeBody(spec('1'), 'json', deployment)).toThrow(
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
  const image = JSON.stringify({ spec: { containers: [{ image: 5 }] } });
  expect(() => decodeBody(image, 'json', pod)).toThrow(
    'json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
  );
  expect(() => decodeBody('{"spec":{"containers":{}}}', 'json', pod)).toThrow(
    'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  );
});

test('strict errors', () => {
  expect(strictDecodingError(configMap.expected, 'ConfigMap', ['unknown field "a"', 'duplicate field "b"']).status).toMatchObject(
    {
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "a", duplicate field "b"',
    },
  );
});
