import { fieldErrorMessage } from '../field-errors.ts';
import type { Schema } from '../schema.ts';
import { applyDefaults } from './defaults.ts';
import { pruneStructural } from './prune.ts';
import { validateStructural } from './validate.ts';

const spec: Schema = {
  type: 'object',
  required: ['s'],
  properties: {
    s: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
    n: { type: 'integer', minimum: 1, maximum: 9, multipleOf: 2 },
    e: { type: 'string', enum: ['a', 'b'] },
    f: { type: 'string', format: 'date-time' },
    arr: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    m: { type: 'object', maxProperties: 2, additionalProperties: { type: 'integer' } },
    lm: {
      type: 'array',
      items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, d: { type: 'integer', default: 7 } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    },
    ios: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    x: { type: 'number', minimum: 0, exclusiveMinimum: true },
    emb: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    free: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { in: { type: 'object', properties: {} } },
    },
    d: {
      type: 'object',
      default: {},
      properties: { a: { type: 'string', default: 'A' }, nul: { type: 'string', nullable: true, default: 'x' } },
    },
  },
};
const schema: Schema = { type: 'object', properties: { spec } };

test.each([
  [{}, 'spec.s: Required value'],
  [{ s: 'a' }, 'spec.s: Invalid value: "a": spec.s in body should be at least 2 chars long'],
  [{ s: 'abcde' }, 'spec.s: Too long: may not be more than 4 bytes'],
  [{ s: 'A' }, 'spec.s: Invalid value: "A": spec.s in body should be at least 2 chars long'],
  [{ s: 'AB' }, `spec.s: Invalid value: "AB": spec.s in body should match '^[a-z]+$'`],
  [{ s: 5 }, 'spec.s: Invalid value: "integer": spec.s in body must be of type string: "integer"'],
  [{ n: 0 }, 'spec.n: Invalid value: 0: spec.n in body should be greater than or equal to 1'],
  [
    { n: 11 },
    'spec.n: Invalid value: 11: spec.n in body should be a multiple of 2, spec.n: Invalid value: 11: spec.n in body should be less than or equal to 9',
  ],
  [
    { n: 2.5 },
    'spec.n: Invalid value: "number": spec.n in body must be of type integer: "number", <nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.n, spec.n: Invalid value: 2.5: spec.n in body should be a multiple of 2',
  ],
  [{ e: 'c' }, 'spec.e: Unsupported value: "c": supported values: "a", "b"'],
  [{ f: 'x' }, 'spec.f: Invalid value: "x": spec.f in body must be of type date-time: "x"'],
  [{ arr: [] }, 'spec.arr: Invalid value: 0: spec.arr in body should have at least 1 items'],
  [{ arr: ['a', 'b', 'c'] }, 'spec.arr: Too many: 3: must have at most 2 items'],
  [{ arr: ['a', 'a'] }, 'spec.arr[1]: Duplicate value: "a"'],
  [{ m: { a: 'x' } }, 'spec.m.a: Invalid value: "string": spec.m.a in body must be of type integer: "string"'],
  [{ m: { a: 1, b: 2, c: 3 } }, 'spec.m: Too many: 3: must have at most 2 items'],
  [{ lm: [{ k: 'a' }, { k: 'a' }] }, 'spec.lm[1]: Duplicate value: {"k":"a"}'],
  [{ lm: [{}] }, 'spec.lm[0].k: Required value'],
  [{ ios: 1.5 }, 'spec.ios: Invalid value: "number": spec.ios in body must be of type integer,string: "number"'],
  [{ x: 0 }, 'spec.x: Invalid value: 0: spec.x in body should be greater than 0'],
  [{ emb: { kind: 'A' } }, 'spec.emb.apiVersion: Required value'],
])('%j', (part, message) => {
  const value = { spec: Object.keys(part).length === 0 ? {} : { s: 'abc', ...part } };
  expect(validateStructural(value, schema).map(fieldErrorMessage).join(', ')).toBe(message);
});

test('pruning keeps what is specified, preserved or embedded', () => {
  const object = {
    apiVersion: 'x/v1',
    kind: 'W',
    metadata: { name: 'a', odd: 1 },
    bogus: 1,
    spec: {
      s: 'abc',
      zzz: 1,
      free: { y: 1, in: { gone: 1 } },
      emb: { apiVersion: 'v1', any: { thing: 1 } },
      lm: [{ k: 'a', q: 1 }],
    },
  };
  expect(pruneStructural(object, schema)).toEqual(['bogus', 'spec.zzz', 'spec.free.in.gone', 'spec.lm[0].q']);
  expect(object.spec).toEqual({
    s: 'abc',
    free: { y: 1, in: {} },
    emb: { apiVersion: 'v1', any: { thing: 1 } },
    lm: [{ k: 'a' }],
  });
});

test('defaults go down into what a default brought; null is a value only where nullable', () => {
  const object = { spec: { s: 'abc', d: null as unknown, lm: [{ k: 'a' }, { k: 'b', d: null }] } };
  applyDefaults(object, schema);
  expect(object.spec).toEqual({
    s: 'abc',
    d: { a: 'A', nul: 'x' },
    lm: [
      { k: 'a', d: 7 },
      { k: 'b', d: 7 },
    ],
  });
  const gone = { spec: { s: null, m: { a: null, b: 1 }, arr: [null] } };
  applyDefaults(gone, schema);
  expect(gone.spec).toEqual({ d: { a: 'A', nul: 'x' }, m: { b: 1 }, arr: [null] });
  const nullable = { spec: { s: 'abc', d: { nul: null } } };
  applyDefaults(nullable, schema);
  expect(nullable.spec.d).toEqual({ a: 'A', nul: null });
});
