import { estimateCelCost, type Schema } from '@windlass/meta';
import { compileRules } from '../rules/compile-rules.ts';
import { schemaType } from '../rules/schema-type.ts';
import { occurrences, overBudget } from './rule-costs.ts';

function costOf(schema: Schema, rule: string): number {
  const sized = schemaType(schema, false)!;
  const [{ program, error }] = compileRules([{ rule }], schema, sized) as [ReturnType<typeof compileRules>[0]];
  if (!program) throw new Error(error);
  const bounds = new Map([
    ['self', sized],
    ['oldSelf', sized],
  ]);
  return estimateCelCost(program.expr, program.checked, bounds);
}

type Limited = (limit: number | undefined) => Schema;
const limit = (name: string, value: number | undefined) => (value === undefined ? {} : { [name]: value });
const array =
  (items: Schema): Limited =>
  (most) => ({ type: 'array', items, ...limit('maxItems', most) });
const map =
  (additionalProperties: Schema): Limited =>
  (most) => ({ type: 'object', additionalProperties, ...limit('maxProperties', most) });
const text: Limited = (most) => ({ type: 'string', ...limit('maxLength', most) });
const NUMBER: Schema = { type: 'number' };
const STRING: Schema = { type: 'string' };
const ITEM: Schema = { type: 'object', properties: { required: STRING, optional: STRING }, required: ['required'] };
const texts: Limited = (most) => ({ type: 'array', items: text(most), ...limit('maxItems', most) });

// The figures are those of TestCostEstimation in apiextensions-apiserver/pkg/apiserver/schema/cel/compilation_test.go.
test.each<[string, Limited, string, number, number, number]>([
  ['numbers', array(NUMBER), 'self.all(x, true)', 4718591, 10, 32],
  ['strings', array(STRING), 'self.all(x, true)', 3145727, 20, 62],
  ['booleans', array({ type: 'boolean' }), 'self.all(x, true)', 1887437, 5, 17],
  ['arrays', array({ type: 'array', items: NUMBER }), 'self.all(x, true)', 3145727, 100, 302],
  ['objects', array(ITEM), 'self.all(x, true)', 555128, 50, 152],
  ['map of numbers', map(NUMBER), 'self.all(x, true)', 1348169, 10, 32],
  ['map of strings', map(STRING), 'self.all(x, true)', 1179647, 3, 11],
  ['contains', text, "self.contains('test')", 314574, 10, 5],
  ['startsWith', text, "self.startsWith('test')", 2, 15, 2],
  ['concatenation', text, 'size(self + "hello") > size("hello")', 314578, 4, 7],
  ['index', array(NUMBER), 'self[1] == 0.0', 2, 5000, 2],
  ['index of strings', array(STRING), 'self[1] == self[1]', 314577, 8, 314577],
  ['regular expression', text, 'self.matches("x")', 314574, 50, 22],
  ['empty text, long expression', text, '"".matches("(((((((((())))))))))[0-9]")', 7, 10, 7],
  ['empty expression', text, 'self.matches("")', 1, 100, 1],
  ['equality', text, 'self == "x"', 2, 0, 1],
  ['more than fits into a request', array(NUMBER), 'self.all(x, x == 0.0)', 6291454, 3 * 1024 * 2048, 25165826],
  ['int-or-string', array({ 'x-kubernetes-int-or-string': true }), 'self[0] == 5', 3, 10, 3],
  ['durations', array({ type: 'string', format: 'duration' }), 'self.all(x, true)', 2359295, 5, 17],
  ['a duration', array({ type: 'string', format: 'duration' }), 'self[0].getHours() == 2', 4, 525, 4],
  ['dates', array({ type: 'string', format: 'date' }), 'self.all(x, true)', 725936, 15, 47],
  ['times', array({ type: 'string', format: 'date-time' }), 'self.all(x, true)', 428963, 25, 77],
  ['compared times', map({ type: 'string', format: 'date-time' }), 'self["a"] == self["b"]', 8, 7, 8],
  ['find', text, "self.find('[0-9]+') == ''", 629147, 10, 11],
  ['join', texts, "self.join(' ') == 'aa bb'", 329853068905, 10, 43],
  ['isSorted', texts, 'self.isSorted() == true', 329854432052, 10, 52],
  ['lowerAscii', text, "self.lowerAscii() == 'lower!'", 314575, 10, 6],
  ['size', map({ type: 'integer' }), 'oldSelf.size() == self.size()', 5, 10, 5],
  ['enums', (most) => ({ ...text(most), enum: ['A', 'B', 'C', 'LongValue'] }), "self.contains('A')", 2, 1000, 401],
])('the cost of %s', (_, schema, rule, open, most, limited) => {
  expect([costOf(schema(undefined), rule), costOf(schema(most), rule)]).toEqual([open, limited]);
});

test('nested loops cost their product', () => {
  expect(costOf(array(NUMBER)(10), 'self.all(x, self.all(y, self.all(z, true)))')).toBe(3552);
  expect(costOf(array(NUMBER)(undefined), 'self.all(x, self.all(y, true))')).toBeGreaterThan(10_000_000);
});

test('places multiply, or are without end', () => {
  expect(occurrences(array(NUMBER)(10), 3)).toBe(30);
  expect(occurrences(map(NUMBER)(undefined), 3)).toBeUndefined();
  expect(occurrences(ITEM, 3)).toBe(3);
});

test('how far over the budget', () => {
  const words =
    ' (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
  expect(overBudget('cost', 12, 10)).toBe(`cost exceeds budget by factor of 1.200000x${words}`);
  expect(overBudget('cost', 55, 10)).toBe(`cost exceeds budget by factor of 5.5x${words}`);
  expect(overBudget('cost', Number.POSITIVE_INFINITY, 10)).toBe(`cost exceeds budget by factor of more than 100x${words}`);
});
