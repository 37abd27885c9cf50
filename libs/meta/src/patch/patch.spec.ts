import type { JsonMap } from '../json-value.ts';
import type { Schema } from '../schema.ts';
import { applyParsedPatch, parsePatch } from './apply-patch.ts';
import { PatchSchema } from './patch-schema.ts';
import { patchedText } from './patched-text.ts';

const containers: Schema = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      args: { type: 'array', items: { type: 'string' } },
      env: {
        type: 'array',
        items: { type: 'object' },
        'x-kubernetes-patch-strategy': 'merge',
        'x-kubernetes-patch-merge-key': 'name',
      },
    },
  },
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-patch-merge-key': 'name',
};
const schema = new PatchSchema(
  {
    type: 'object',
    properties: {
      finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
      containers,
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      strategy: { type: 'object', 'x-kubernetes-patch-strategy': 'retainKeys' },
      list: { type: 'array', items: { type: 'string' } },
    },
  },
  () => undefined,
);

const apply = (object: JsonMap, type: 'json' | 'merge' | 'strategic', patch: unknown) =>
  applyParsedPatch(object, parsePatch(JSON.stringify(patch), type), schema);

describe('JSON patch', () => {
  const object = { a: { b: [1, 2] }, 'x/y': 1 };
  test.each([
    [[{ op: 'add', path: '/a/b/-', value: 3 }], { a: { b: [1, 2, 3] }, 'x/y': 1 }],
    [[{ op: 'add', path: '/a/b/0', value: 3 }], { a: { b: [3, 1, 2] }, 'x/y': 1 }],
    [[{ op: 'replace', path: '/x~1y', value: 2 }], { a: { b: [1, 2] }, 'x/y': 2 }],
    [[{ op: 'remove', path: '/a/b/1' }], { a: { b: [1] }, 'x/y': 1 }],
    [[{ op: 'copy', from: '/a/b', path: '/c' }], { a: { b: [1, 2] }, 'x/y': 1, c: [1, 2] }],
    [[{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, 'x/y': 1, c: [1, 2] }],
    [[{ op: 'test', path: '/a/b', value: [1, 2] }], object],
    [[], object],
  ])('%j', (patch, expected) => {
    expect(apply(object, 'json', patch)).toEqual(expected);
    expect(object).toEqual({ a: { b: [1, 2] }, 'x/y': 1 });
  });

  test.each([
    [[{ op: 'test', path: '/a/b', value: [2] }]],
    [[{ op: 'remove', path: '/nope' }]],
    [[{ op: 'replace', path: '/a/nope/x', value: 1 }]],
    [[{ op: 'add', path: '/a/b/99', value: 1 }]],
    [[{ op: 'move', from: '/nope', path: '/a' }]],
    [[{ op: 'bogus', path: '/a' }]],
  ])('%j does not apply', (patch) => {
    expect(() => apply(object, 'json', patch)).toThrow('the server rejected our request due to an error in our request');
  });
});

test('merge patch', () => {
  const object = { spec: { a: 1, b: { c: 1 } }, l: [1] };
  expect(apply(object, 'merge', { spec: { a: null, b: { d: 2 } }, l: [2], n: { x: null } })).toEqual({
    spec: { b: { c: 1, d: 2 } },
    l: [2],
    n: {},
  });
  expect(object).toEqual({ spec: { a: 1, b: { c: 1 } }, l: [1] });
  expect(JSON.stringify(applyParsedPatch({}, parsePatch('{"__proto__":{"x":1}}', 'merge'), schema))).toBe(
    '{"__proto__":{"x":1}}',
  );
  expect(({} as JsonMap).x).toBeUndefined();
});

const live = {
  containers: [
    { name: 'a', args: ['x'], env: [{ name: 'A', value: '1' }] },
    { name: 'b', args: ['y'] },
  ],
  finalizers: ['f1', 'f2'],
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
  list: ['p', 'q'],
};

test.each([
  [
    'by merge key',
    { containers: [{ name: 'b', args: ['z'] }] },
    { containers: [live.containers[0], { name: 'b', args: ['z'] }] },
  ],
  ['new items come first unless ordered', { containers: [{ name: 'c' }] }, { containers: [{ name: 'c' }, ...live.containers] }],
  [
    'ordered',
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }], containers: [{ name: 'c' }] },
    { containers: [live.containers[1], { name: 'c' }, live.containers[0]] },
  ],
  ['delete', { containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [live.containers[1]] }],
  ['replace', { containers: [{ $patch: 'replace' }, { name: 'n' }] }, { containers: [{ name: 'n' }] }],
  ['scalars unite', { finalizers: ['f3'] }, { finalizers: ['f3', 'f1', 'f2'] }],
  ['scalars leave', { '$deleteFromPrimitiveList/finalizers': ['f1'] }, { finalizers: ['f2'] }],
  ['plain lists are replaced', { list: ['r'] }, { list: ['r'] }],
  ['retainKeys', { strategy: { $retainKeys: ['type'], type: 'Recreate' } }, { strategy: { type: 'Recreate' } }],
  ['map replace', { strategy: { $patch: 'replace', type: 'X' } }, { strategy: { type: 'X' } }],
  ['null', { list: null, nope: null }, { list: undefined }],
])('strategic merge: %s', (_, patch, change) => {
  expect(apply(live, 'strategic', patch)).toEqual({ ...live, ...change });
});

test.each([
  ['strategic', { containers: [{ image: 'noname' }] }, 500, 'map: map[image:noname] does not contain declared merge key: name'],
  [
    'strategic',
    { containers: [{ name: 'c1', $patch: 'bogus' }] },
    500,
    'unknown patch type: bogus in map: map[$patch:bogus name:c1]',
  ],
  ['strategic', { strategy: { $retainKeys: ['bogus'], type: 'x' } }, 400, 'invalid patch format of retainKeys'],
  [
    'strategic',
    { '$setElementOrder/finalizers': ['example.com/f1'], finalizers: ['example.com/zz'] },
    500,
    "The order in patch list:\n[example.com/zz]\n doesn't match $setElementOrder list:\n[example.com/f1]\n",
  ],
  ['strategic', [], 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['merge', null, 400, 'Invalid JSON Patch'],
  ['merge', 5, 400, 'error decoding patch: json: cannot unmarshal number into Go value of type map[string]interface {}'],
] as const)('%s %j is refused', (type, patch, code, message) => {
  let thrown: unknown;
  try {
    apply(live, type, patch);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ status: { code, message } });
});

test.each([
  ['merge', { spec: 'x' }, '{"a":1,"metadata":{"name":"\\u003c","labels":{"a":"1","b":"2"}},"spec":"x"}'],
  ['merge', { metadata: { labels: {} } }, '{"a":1,"metadata":{"labels":{"a":"1","b":"2"},"name":"\\u003c"}}'],
  [
    'json',
    [{ op: 'add', path: '/metadata/x', value: 1 }],
    '{"a":1,"metadata":{"labels":{"a":"1","b":"2"},"name":"\\u003c","x":1}}',
  ],
] as const)('what a %s patch %j made is shown as Go writes it', (type, patch, expected) => {
  const messages: Record<string, Record<string, readonly [number, string]>> = {
    Thing: { metadata: [1, 'Meta'], spec: [2, 'string'], a: [3, 'int32'] },
    Meta: { name: [1, 'string'], labels: [2, '{}string'] },
  };
  const object = { metadata: { labels: { b: '2', a: '1' }, name: '<' }, a: 1 };
  const parsed = parsePatch(JSON.stringify(patch), type);
  const text = patchedText(applyParsedPatch(object, parsed, schema), parsed, 'Thing', (name) => messages[name]);
  expect(text).toBe(expected);
});
