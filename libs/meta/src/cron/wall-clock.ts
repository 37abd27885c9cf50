/** What a clock on the wall of a time zone shows. */
export interface WallTime {
  year: number;
  /** 1 … 12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 is Sunday. */
  weekday: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for an unknown zone */
function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    const numeric = 'numeric';
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formatters.set(zone, found);
  }
  return found;
}

/** Whether the zone is known, as Go's time.LoadLocation without its special names: no offsets, and letters as IANA writes them. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone)) return false;
  try {
    const { timeZone } = formatter(zone).resolvedOptions();
    return zone === timeZone || zone.toLowerCase() !== timeZone.toLowerCase();
  } catch {
    return false;
  }
}

export function wallTime(at: number, zone: string): WallTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/** Offset from UTC in milliseconds at a moment. */
export function offsetAt(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = wallTime(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The first moment at which the clock shows midnight of a day, or what comes next where midnight is skipped. Days beyond the month's end carry over. */
export function startOfDay(year: number, month: number, day: number, zone: string): number {
  const shown = Date.UTC(year, month - 1, day);
  // The offset before and after a change are both tried; the earlier moment that is not on the day before wins.
  const candidates = [shown - offsetAt(shown - 86_400_000, zone), shown - offsetAt(shown + 86_400_000, zone)];
  const target = new Date(shown).getUTCDate();
  return Math.min(...candidates.filter((at) => wallTime(at, zone).day === target), Math.max(...candidates));
}
