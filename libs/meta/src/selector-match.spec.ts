import { labelSelectorMatcher, parseLabelSelector } from './label-selector.ts';
import { matchesSelector } from './selector-match.ts';

const LABELS: (Record<string, string> | undefined)[] = [undefined, {}, { tier: 'a' }, { tier: 'b' }, { tier: '' }];

test.each([
  ['In', ['a', 'c'], 'tier in (a,c)', [false, false, true, false, false]],
  ['NotIn', ['a', 'c'], 'tier notin (a,c)', [true, true, false, true, true]],
  ['Exists', [], 'tier', [false, false, true, true, true]],
  ['DoesNotExist', [], '!tier', [true, true, false, false, false]],
])('%s %j matches alike in all three ways', (operator, values, text, wanted) => {
  const selector = { matchExpressions: [{ key: 'tier', operator, values }] };
  expect(LABELS.map((labels) => matchesSelector(selector, labels))).toEqual(wanted);
  expect(LABELS.map((labels) => labelSelectorMatcher(selector).matches(labels))).toEqual(wanted);
  expect(LABELS.map((labels) => parseLabelSelector(text).matches(labels))).toEqual(wanted);
});

test('numbers are compared as whole numbers of any size', () => {
  const matches = (text: string, size: string) => parseLabelSelector(text).matches({ size });
  expect([matches('size>9007199254740992', '9007199254740993'), matches('size>9', '10'), matches('size<9', '10')]).toEqual([
    true,
    true,
    false,
  ]);
  expect([matches('size>9', '10x'), matches('size<9', '')]).toEqual([false, false]);
});

test('a key that every JavaScript object has is no label', () => {
  for (const key of ['constructor', 'toString', 'hasOwnProperty']) {
    const is = (operator: string) => matchesSelector({ matchExpressions: [{ key, operator }] }, { a: 'b' });
    expect([is('Exists'), is('DoesNotExist')]).toEqual([false, true]);
  }
});
