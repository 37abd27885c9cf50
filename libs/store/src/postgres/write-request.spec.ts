import { batchSql } from './batch-sql.ts';
import { prefixEnd } from './read-sql.ts';
import { takeBatch, type WriteRequest } from './write-request.ts';

const request = (key: string, data = 'x'): WriteRequest => ({ op: 'c', key, expected: 0, data, resolve() {}, reject() {} });
const keys = (requests: WriteRequest[]) => requests.map(({ key }) => key).join('');

describe('takeBatch', () => {
  test('each key once, the rest in order', () => {
    const queue = [...'abacaba'].map((key) => request(key));
    expect(keys(takeBatch(queue))).toBe('abc');
    expect(keys(queue)).toBe('aaba');
    expect(keys(takeBatch(queue))).toBe('ab');
    expect(keys(takeBatch(queue))).toBe('a');
    expect(keys(takeBatch(queue))).toBe('a');
    expect(takeBatch(queue)).toEqual([]);
  });

  test('within the limits, but at least one', () => {
    const queue = [...'abcde'].map((key) => request(key, 'xxxx'));
    expect(keys(takeBatch(queue, { count: 2, chars: 100 }))).toBe('ab');
    expect(keys(takeBatch(queue, { count: 10, chars: 8 }))).toBe('cd');
    expect(keys(takeBatch(queue, { count: 10, chars: 1 }))).toBe('e');
  });
});

test('quotes are doubled, backslashes are not special', () => {
  const sql = batchSql([request("/a/'; DROP TABLE objects; --", "\\' ''")], { writer: 'w', batch: 1 });
  expect(sql).toContain("ARRAY['/a/''; DROP TABLE objects; --']::text[], ARRAY[0]::bigint[], ARRAY['\\'' ''''']::text[]");
});

test('prefixEnd', () => {
  expect(prefixEnd('/core/')).toBe('/core0');
  expect(prefixEnd('')).toBeUndefined();
  expect(prefixEnd('a\u{10ffff}')).toBe('b');
  expect(prefixEnd('a\ud7ff')).toBe('a\ue000');
});
