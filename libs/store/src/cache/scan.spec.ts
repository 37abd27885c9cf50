import { expect, test } from '@jest/globals';
import { valueEnd } from './scan.ts';

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
