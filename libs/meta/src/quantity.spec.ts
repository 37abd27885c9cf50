import { canonicalQuantity, Quantity } from './quantity.ts';

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['1Gi', '1Gi'],
  ['1000Ki', '1000Ki'],
  ['1500', '1500'],
  ['1000', '1k'],
  ['1e3', '1e3'],
  ['12e6', '12e6'],
  ['1E', '1E'],
  ['0', '0'],
  ['-0.1', '-100m'],
  ['0.0000000001', '1n'],
  ['512Ki', '512Ki'],
  ['1Ki', '1Ki'],
  ['0.5Ki', '512'],
  ['.5', '500m'],
  ['5.', '5'],
  ['100000000000000000000Ki', '9223372036854775807'],
  ['1.1Ki', '1126400m'],
])('%s is %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

test.each([
  ['', /quantities must match/],
  ['x', /quantities must match/],
  ['1x', /quantities must match/],
  ['1Kii', /unable to parse quantity's suffix/],
])('%s is refused', (text, error) => {
  expect(() => Quantity.parse(text)).toThrow(error);
});

test('arithmetic', () => {
  const sum = Quantity.ZERO.add(Quantity.parse('100Mi')).add(Quantity.parse('28Mi'));
  expect(sum.toString()).toBe('128Mi');
  expect(Quantity.parse('100m').add(Quantity.parse('0.95')).milliValue()).toBe(1050);
  expect(Quantity.parse('1500m').value()).toBe(2);
  expect(Quantity.parse('1Gi').sub(Quantity.parse('2Gi')).toString()).toBe('-1Gi');
  expect(Quantity.parse('1').compare(Quantity.parse('1000m'))).toBe(0);
});
