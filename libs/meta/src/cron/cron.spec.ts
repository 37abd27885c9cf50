import { isTimeZone, nextCron, parseCron } from './index.ts';

const next = (text: string, after: string, zone = 'UTC') => {
  const at = nextCron(parseCron(text), Date.parse(after), zone);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

describe('next', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01'],
    ['* * * * *', '2026-01-01T00:00:59Z', '2026-01-01T00:01'],
    ['*/15 * * * *', '2026-01-01T14:45:00Z', '2026-01-01T15:00'],
    ['20-35/15 * * * *', '2026-01-01T14:58:00Z', '2026-01-01T15:20'],
    ['0 9 * * mon-fri', '2026-01-02T10:00:00Z', '2026-01-05T09:00'],
    ['0 0 1 * *', '2026-01-31T12:00:00Z', '2026-02-01T00:00'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00'],
    ['0 0 30 2 *', '2026-01-01T00:00:00Z', undefined],
    ['0 0 13 * fri', '2026-01-01T00:00:00Z', '2026-01-02T00:00'],
    ['0 0 */2 * sun', '2026-01-01T00:00:00Z', '2026-01-03T00:00'],
    ['@hourly', '2026-01-01T00:30:00Z', '2026-01-01T01:00'],
    ['@weekly', '2026-01-01T00:30:00Z', '2026-01-04T00:00'],
    ['@every 90m', '2026-01-01T00:00:00Z', '2026-01-01T01:30'],
  ])('%s after %s: %s', (text, after, wanted) => {
    expect(next(text, after)).toBe(wanted);
  });
  it('a zone in the text goes before another', () => {
    expect(next('TZ=Asia/Kolkata 0 12 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T06:30');
    expect(next('CRON_TZ=Asia/Kolkata @daily', '2026-07-01T00:00:00Z')).toBe('2026-07-01T18:30');
  });
  it.each([
    ['a zone', '0 12 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin', '2026-07-01T10:00'],
    ['half an hour', '0 12 * * *', '2026-07-01T00:00:00Z', 'Asia/Kolkata', '2026-07-01T06:30'],
    ['a skipped time', '30 2 * * *', '2026-03-08T05:00:00Z', 'America/New_York', '2026-03-09T06:30'],
    ['a time that comes twice: first', '30 1 * * *', '2026-11-01T04:00:00Z', 'America/New_York', '2026-11-01T05:30'],
    ['a time that comes twice: second', '30 1 * * *', '2026-11-01T05:30:00Z', 'America/New_York', '2026-11-01T06:30'],
    ['a skipped midnight', '0 0 * * *', '2018-11-04T00:00:00Z', 'America/Sao_Paulo', '2018-11-05T02:00'],
    ['the day after it', '0 5 4 11 *', '2018-11-03T00:00:00Z', 'America/Sao_Paulo', '2018-11-04T07:00'],
  ])('%s', (_, text, after, zone, wanted) => {
    expect(next(text, after, zone)).toBe(wanted);
  });
});

test.each([
  ['', 'empty spec string'],
  ['error', 'expected exactly 5 fields, found 1: [error]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@never', 'unrecognized descriptor: @never'],
  ['TZ=Mars/Base * * * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
  ['CRON_TZ=UTC 1 2', 'expected exactly 5 fields, found 2: [1 2]'],
])('%j is refused', (text, message) => {
  expect(() => parseCron(text)).toThrow(message);
});

test('time zones', () => {
  expect(
    ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Etc/GMT+5', 'US/Eastern', 'EST5EDT'].filter((zone) => !isTimeZone(zone)),
  ).toEqual([]);
  expect(['Nowhere/Land', '', '+05', 'utc', 'europe/berlin', 'EUROPE/BERLIN'].filter(isTimeZone)).toEqual([]);
});
