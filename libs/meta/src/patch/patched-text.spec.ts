import { expect, it } from '@jest/globals';
import type { JsonPatchOperation } from './json-patch.ts';
import { patchedText } from './patched-text.ts';

it('pointers that are none, or that name a prototype, do no harm', () => {
  const operations = [
    { op: 'add', path: '/a', from: 'bad', value: 1 },
    { op: 'add', path: '/__proto__/polluted/x', value: 1 },
    { op: 'add', path: '/constructor/prototype/polluted/x', value: 1 },
  ] as JsonPatchOperation[];
  expect(patchedText({ b: 1, a: 2 }, { type: 'json', operations } as never, 'x', () => undefined)).toBe('{"a":2,"b":1}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});
