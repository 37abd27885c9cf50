import { expect, test } from '@jest/globals';
import { stringAt, valueEnd } from './scan.ts';

test.each([
  {},
  { name: 'a' },
  { deep: { er: [{ a: '}' }, '{'] } },
  { 'k:{"name":"x"}': {}, '\\': '\\"', end: '\\\\' },
  { text: 'ünï — 😀 "quoted" \n' },
])('the object ends where its brace closes: %j', (value) => {
  const text = JSON.stringify(value);
  const json = Buffer.from(`{"metadata":${text},"spec":{"a":"}"}}`);
  expect(json.subarray(12, valueEnd(json, 12)).toString()).toBe(text);
});

const pod = (spec: unknown, metadata: unknown = {}) => Buffer.from(JSON.stringify({ kind: 'Pod', metadata, spec }));
const decoy = 'a "nodeName":"x" \\" }';

test.each([
  ['the only member', pod({ nodeName: 'n1' }), 'n1'],
  [
    'after lists, numbers, literals and decoys',
    pod({ a: [{ nodeName: 'no' }, decoy], b: 1.5e3, c: null, d: true, nodeName: 'n2' }),
    'n2',
  ],
  ['before others', pod({ nodeName: 'n3', z: {} }), 'n3'],
  ['in letters that are escaped', pod({ nodeName: 'n"4\\ü\n' }), 'n"4\\ü\n'],
  ['only elsewhere', pod({ a: { nodeName: 'no' } }, { nodeName: 'no' }), ''],
  ['only in texts', pod({ a: decoy }, { annotations: { x: decoy } }), ''],
  ['absent', pod({}), ''],
  ['empty', pod({ nodeName: '' }), ''],
  ['of another type', pod({ nodeName: ['n'], x: { nodeName: 'no' } }), ''],
  ['without its parent', pod('spec "nodeName":"no"', { nodeName: 'no' }), ''],
  ['below a longer and a shorter name', pod({ nodeNames: 'no', nodeNam: 'no', nodeName: 'n5' }), 'n5'],
])('a string %s', (_, json, value) => {
  expect(stringAt(json, ['spec', 'nodeName'])).toBe(value);
});
