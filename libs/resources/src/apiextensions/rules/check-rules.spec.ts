import { fieldErrorMessage, type Schema } from '@windlass/meta';
import { checkRules } from './check-rules.ts';
import { ruleTree } from './rule-tree.ts';

const inSpec = (spec: Schema): Schema => ({ type: 'object', properties: { spec } });
const rules = (...rule: object[]) => ({ 'x-kubernetes-validations': rule }) as Schema;
const INT: Schema = { type: 'integer' };
const REPLICAS = { type: 'object', properties: { min: INT, max: INT } };

function check(spec: Schema, value: unknown, old?: unknown) {
  const warnings: string[] = [];
  const errors = checkRules(ruleTree(inSpec(spec))!, { spec: value }, old === undefined ? undefined : { spec: old }, (text) =>
    warnings.push(text),
  );
  return { errors: errors.map(fieldErrorMessage), warnings };
}
const errors = (spec: Schema, value: unknown, old?: unknown) => check(spec, value, old).errors;

test.each<[string, Schema, unknown, string[]]>([
  ['holds', { ...REPLICAS, ...rules({ rule: 'self.min <= self.max' }) }, { min: 1, max: 2 }, []],
  [
    'the rule is the message',
    { ...REPLICAS, ...rules({ rule: 'self.min <= self.max' }) },
    { min: 3, max: 2 },
    ['spec: Invalid value: failed rule: self.min <= self.max'],
  ],
  [
    'message, reason and fieldPath',
    {
      ...REPLICAS,
      ...rules({ rule: 'self.min <= self.max', message: ' too low ', reason: 'FieldValueForbidden', fieldPath: '.max' }),
    },
    { min: 3, max: 2 },
    ['spec.max: Forbidden: too low'],
  ],
  [
    'messageExpression',
    {
      ...REPLICAS,
      ...rules({ rule: 'self.min <= self.max', messageExpression: '"%d is above %d".format([self.min, self.max])' }),
    },
    { min: 3, max: 2 },
    ['spec: Invalid value: 3 is above 2'],
  ],
  [
    'a messageExpression that fails leaves the message',
    { ...REPLICAS, ...rules({ rule: 'false', message: 'no', messageExpression: 'string(self.min / 0)' }) },
    { min: 3, max: 2 },
    ['spec: Invalid value: no'],
  ],
  [
    'scalars are shown',
    { type: 'object', properties: { min: { ...INT, ...rules({ rule: 'self > 0' }) } } },
    { min: -1 },
    ['spec.min: Invalid value: -1: failed rule: self > 0'],
  ],
  [
    'an expression that fails',
    { ...REPLICAS, ...rules({ rule: 'self.max / self.min > 1' }) },
    { min: 0, max: 2 },
    ['spec: Invalid value: "object": division by zero evaluating rule: self.max / self.min > 1'],
  ],
  ['null is not looked at', { ...REPLICAS, nullable: true, ...rules({ rule: 'false' }) }, null, []],
  [
    'escaped names',
    { type: 'object', properties: { 'a-b': INT, namespace: INT }, ...rules({ rule: 'self.a__dash__b == self.__namespace__' }) },
    { 'a-b': 1, namespace: 2 },
    ['spec: Invalid value: failed rule: self.a__dash__b == self.__namespace__'],
  ],
  [
    'maps and lists, each member by its own place',
    {
      type: 'object',
      properties: {
        map: { type: 'object', additionalProperties: { ...INT, ...rules({ rule: 'self != 2' }) } },
        list: { type: 'array', items: { ...INT, ...rules({ rule: 'self != 2' }) } },
      },
    },
    { map: { a: 1, b: 2 }, list: [2, 1] },
    ['spec.map[b]: Invalid value: 2: failed rule: self != 2', 'spec.list[0]: Invalid value: 2: failed rule: self != 2'],
  ],
  [
    'rules inside of allOf',
    { ...REPLICAS, allOf: [{ properties: { min: rules({ rule: 'self > 0' }) } }] },
    { min: 0 },
    ['spec.min: Invalid value: 0: failed rule: self > 0'],
  ],
  [
    'one rule that does too much ends it',
    {
      type: 'object',
      properties: { list: { type: 'array', items: INT } },
      ...rules({ rule: 'self.list.all(a, self.list.all(b, self.list.all(c, a + b + c >= 0)))' }, { rule: 'false' }),
    },
    { list: Array.from({ length: 300 }, (_, i) => i) },
    [
      'spec: Invalid value: "object": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: self.list.all(a, self.list.all(b, self.list.all(c, a + b + c >= 0)))',
    ],
  ],
])('%s', (_, schema, value, expected) => {
  expect(errors(schema, value)).toEqual(expected);
});

test('all rules together have a budget', () => {
  const costly = { type: 'array', items: INT, ...rules({ rule: 'self.all(a, self.all(b, a + b >= 0))' }) } as Schema;
  const list = Array.from({ length: 200 }, (_, i) => i);
  const value = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, list]));
  expect(errors({ type: 'object', additionalProperties: costly }, value)).toEqual([
    expect.stringContaining('validation failed due to running out of cost budget, no further validation rules will be run'),
  ]);
});

describe('transition rules', () => {
  const grows = { type: 'object', properties: { size: { ...INT, ...rules({ rule: 'self >= oldSelf' }) } } } as Schema;
  test('compare with what was', () => {
    expect(errors(grows, { size: 1 })).toEqual([]);
    expect(errors(grows, { size: 1 }, {})).toEqual([]);
    expect(errors(grows, { size: 2 }, { size: 1 })).toEqual([]);
    expect(errors(grows, { size: 1 }, { size: 2 })).toEqual(['spec.size: Invalid value: 1: failed rule: self >= oldSelf']);
  });
  test('optionalOldSelf: also without', () => {
    const rule = { rule: 'oldSelf.hasValue() ? self >= oldSelf.value() : self == 1', optionalOldSelf: true };
    const schema = { type: 'object', properties: { size: { ...INT, ...rules(rule) } } } as Schema;
    expect(errors(schema, { size: 1 })).toEqual([]);
    expect(errors(schema, { size: 2 })).toHaveLength(1);
    expect(errors(schema, { size: 2 }, { size: 1 })).toEqual([]);
    expect(errors(schema, { size: 0 }, { size: 1 })).toHaveLength(1);
  });
  test('items of list-maps are found by their keys', () => {
    const item = {
      type: 'object',
      properties: { name: { type: 'string' }, size: INT },
      ...rules({ rule: 'self.size >= oldSelf.size' }),
    };
    const list = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: item,
    } as Schema;
    const old = [
      { name: 'a', size: 1 },
      { name: 'b', size: 5 },
    ];
    expect(
      errors(
        list,
        [
          { name: 'b', size: 5 },
          { name: 'a', size: 1 },
        ],
        old,
      ),
    ).toEqual([]);
    expect(
      errors(
        list,
        [
          { name: 'b', size: 4 },
          { name: 'c', size: 0 },
        ],
        old,
      ),
    ).toEqual(['spec[0]: Invalid value: failed rule: self.size >= oldSelf.size']);
  });
});

test('what was invalid and has not changed is a warning', () => {
  const part = { ...REPLICAS, ...rules({ rule: 'self.min <= self.max' }) } as Schema;
  const schema: Schema = { type: 'object', properties: { a: part, b: part } };
  const bad = { min: 3, max: 2 };
  const text = 'spec.a: Invalid value: failed rule: self.min <= self.max';
  expect(check(schema, { a: bad, b: { min: 1, max: 2 } }, { a: bad })).toEqual({ errors: [], warnings: [text] });
  expect(check(schema, { a: { min: 4, max: 2 } }, { a: bad })).toEqual({ errors: [text], warnings: [] });
});
