import { setCondition } from './conditions.ts';
import { formatDuration, humanDuration, parseDuration } from './duration.ts';
import { generateName, safeHash } from './random-name.ts';
import { canonicalMicroTime, canonicalTime, formatMicroTime, formatTime, MICRO_TIME_LAYOUT, parseTime } from './time.ts';

test('times', () => {
  const date = new Date('2024-02-03T04:05:06.789Z');
  expect(formatTime(date)).toBe('2024-02-03T04:05:06Z');
  expect(formatMicroTime(date)).toBe('2024-02-03T04:05:06.789000Z');
  expect(canonicalTime('2024-02-03T05:05:06.5+01:00')).toBe('2024-02-03T04:05:06Z');
  expect(canonicalMicroTime('2024-02-03T05:05:06.123456+01:00')).toBe('2024-02-03T04:05:06.123456Z');
  expect(() => parseTime('yesterday', MICRO_TIME_LAYOUT)).toThrow(
    'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
  );
  expect(() => parseTime('2024-02-30T00:00:00Z')).toThrow('parsing time "2024-02-30T00:00:00Z": day out of range');
});

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [605, '10m'],
  [185, '3m5s'],
  [3 * 3600 + 60, '3h1m'],
  [47 * 3600, '47h'],
  [49 * 3600, '2d1h'],
  [400 * 86400, '400d'],
  [800 * 86400, '2y70d'],
  [-5, '<invalid>'],
])('%d s is %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});

test('Go durations', () => {
  expect(parseDuration('1h30m')).toBe(5_400_000);
  expect(parseDuration('-1.5s')).toBe(-1500);
  expect(() => parseDuration('5')).toThrow('time: missing unit in duration "5"');
  expect(formatDuration(5_400_000)).toBe('1h30m0s');
  expect(formatDuration(1500)).toBe('1.5s');
  expect(formatDuration(300)).toBe('300ms');
});

test('conditions move their time only with their status', () => {
  const now = new Date('2024-01-01T00:00:00Z');
  const first = setCondition(undefined, { type: 'Ready', status: 'False', reason: 'A' }, now);
  expect(first).toEqual([{ type: 'Ready', status: 'False', reason: 'A', lastTransitionTime: '2024-01-01T00:00:00Z' }]);
  const later = new Date('2024-01-02T00:00:00Z');
  expect(setCondition(first, { type: 'Ready', status: 'False', reason: 'A' }, later)).toBe(first);
  expect(setCondition(first, { type: 'Ready', status: 'False', reason: 'B' }, later)[0]).toMatchObject({
    lastTransitionTime: '2024-01-01T00:00:00Z',
  });
  expect(setCondition(first, { type: 'Ready', status: 'True', reason: 'A' }, later)[0]).toMatchObject({
    lastTransitionTime: '2024-01-02T00:00:00Z',
  });
});

test('generated names', () => {
  expect(generateName('web-', () => 0)).toBe('web-bbbbb');
  expect(generateName('x'.repeat(70), () => 0.999)).toHaveLength(63);
  expect(safeHash({ a: 1, b: [2] })).toBe(safeHash({ b: [2], a: 1 }));
  expect(safeHash({ a: 1 }, 1)).not.toBe(safeHash({ a: 1 }));
});
