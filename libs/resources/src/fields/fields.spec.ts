import { type FieldError, fieldErrorMessage, path } from '@windlass/meta';
import { intOrPercentValue, nonNegativeIntOrPercent, notMoreThan100Percent } from './int-or-percent.ts';
import { validateLabelSelector } from './label-selector.ts';
import { validateNodeSelector } from './node-selector.ts';
import { nonReservedPath } from './paths.ts';
import { validateTaints, validateTolerations } from './taints.ts';

const texts = (errors: FieldError[]): string[] => errors.map(fieldErrorMessage);
const at = path('x');

test.each([
  [{ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }, []],
  [
    { matchExpressions: [{ key: 'a', operator: 'In' }] },
    ["x.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
  ],
  [
    { matchExpressions: [{ key: 'a', operator: 'Foo' }] },
    ['x.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator'],
  ],
])('label selector %j', (selector, errors) => expect(texts(validateLabelSelector(selector, at))).toEqual(errors));

test.each([
  [1, []],
  ['25%', []],
  [-1, ['x: Invalid value: -1: must be greater than or equal to 0']],
  ['150%', ['x: Invalid value: "150%": must not be greater than 100%']],
])('int or percent %p', (value, errors) =>
  expect(texts([...nonNegativeIntOrPercent(value, at), ...notMoreThan100Percent(value, at)])).toEqual(errors),
);

test('the number of a percentage', () => expect([intOrPercentValue('25%'), intOrPercentValue(3)]).toEqual([25, 3]));

test.each([
  ['a/b', 0],
  ['/a', 1],
  ['../a', 1],
  ['..a', 1],
  ['a/../b', 1],
])('path %s has %i errors', (value, count) => expect(nonReservedPath(value, at)).toHaveLength(count));

test('taints are unique by key and effect', () => {
  const taints = [
    { key: 'a', effect: 'NoSchedule' as const },
    { key: 'a', effect: 'NoSchedule' as const },
  ];
  expect(texts(validateTaints(taints, at))).toEqual([
    'x[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
  ]);
});

test('a toleration of everything needs Exists', () => {
  expect(validateTolerations([{ operator: 'Exists' }], at)).toEqual([]);
  expect(texts(validateTolerations([{ operator: 'Equal' }], at))).toEqual([
    'x[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
  ]);
});

test('node selectors name one node by field', () => {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['a', 'b'] }] };
  expect(texts(validateNodeSelector({ nodeSelectorTerms: [term] }, at))).toEqual([
    "x.nodeSelectorTerms[0].matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
  ]);
});
