import { parseFieldSelector } from './field-selector.ts';
import { formatLabelSelector, labelSelectorMatcher, parseLabelSelector } from './label-selector.ts';

const labels = { app: 'x', tier: 'f', gen: '2', env: '' };

test.each([
  ['', true],
  ['app=x,tier in (f,g)', true],
  ['app == x , tier = f', true],
  ['app!=x', false],
  ['nope!=x', true],
  ['!nope', true],
  ['!app', false],
  ['app notin (y,z)', true],
  ['gen>1', true],
  ['gen<2', false],
  ['env=', true],
  ['app in ()', false],
  ['in=1', false],
])('%s → %s', (text, expected) => {
  expect(parseLabelSelector(text).matches(labels)).toBe(expected);
});

test.each([
  ['app in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['t=z,,', "found ',', expected: identifier after ','"],
  ['t=z,', "found '', expected: identifier after ','"],
  [',', "found ',', expected: !, identifier, or 'end of string'"],
  ['t=z t', "found 't', expected: ',' or 'end of string'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['bad key!=x', "unable to parse requirement: found 'key', expected: in, notin, =, ==, !=, gt, lt"],
])('%s is refused', (text, message) => {
  expect(() => parseLabelSelector(text)).toThrow(new Error(message));
});

test('label value error', () => {
  expect(() => parseLabelSelector('app=x;y')).toThrow(
    'unable to parse requirement: values[0][app]: Invalid value: "x;y": a valid label must be an empty string or consist of',
  );
});

test('selector objects', () => {
  const selector = { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['g', 'f'] }] };
  expect(labelSelectorMatcher(selector).matches(labels)).toBe(true);
  expect(formatLabelSelector(selector)).toBe('app=x,tier in (f,g)');
  expect(formatLabelSelector({})).toBe('<none>');
  expect(labelSelectorMatcher(undefined).matches(labels)).toBe(false);
});

test('field selectors', () => {
  const matcher = parseFieldSelector('metadata.name=a,spec.nodeName!=n\\,1');
  expect(matcher.requirements).toEqual([
    { field: 'metadata.name', operator: '=', value: 'a' },
    { field: 'spec.nodeName', operator: '!=', value: 'n,1' },
  ]);
  expect(matcher.exact('metadata.name')).toBe('a');
  expect(matcher.matches((field) => (field === 'metadata.name' ? 'a' : ''))).toBe(true);
  expect(() => parseFieldSelector('abc')).toThrow("invalid selector: 'abc'; can't understand 'abc'");
});
