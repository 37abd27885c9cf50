import type { CronFields, CronSchedule } from './parse.ts';
import { startOfDay, type WallTime, wallTime } from './wall-clock.ts';

const MINUTE = 60_000;
const MAX_YEARS = 5;

/**
 * The first time after `after` (milliseconds since the epoch) that a schedule names, by the clock of its own zone or `otherwise`; undefined when there is none
 * within five years. Times that a change to summer time skips are skipped, those that come twice run twice.
 */
export function nextCron(schedule: CronSchedule, after: number, otherwise: string): number | undefined {
  if ('everyMs' in schedule) return Math.floor(after / 1000) * 1000 + schedule.everyMs;
  const zone = schedule.zone ?? otherwise;
  let at = (Math.floor(after / MINUTE) + 1) * MINUTE;
  const lastYear = wallTime(at, zone).year + MAX_YEARS;
  for (;;) {
    const wall = wallTime(at, zone);
    if (wall.year > lastYear) return undefined;
    const later = laterStart(schedule, wall, at, zone);
    if (later === undefined) return at;
    at = later;
  }
}

/** Where to look next when `at` does not fit; undefined when it does. */
function laterStart(
  { minutes, hours, days, months, weekdays }: CronFields,
  { year, month, day, hour, minute, weekday }: WallTime,
  at: number,
  zone: string,
): number | undefined {
  if (!months.values.has(month)) return Math.max(at + MINUTE, startOfDay(year, month + 1, 1, zone));
  const onDay = days.values.has(day);
  const onWeekday = weekdays.values.has(weekday);
  const fits = days.star || weekdays.star ? onDay && onWeekday : onDay || onWeekday;
  if (!fits) return Math.max(at + MINUTE, startOfDay(year, month, day + 1, zone));
  if (!hours.values.has(hour)) return at + (60 - minute) * MINUTE;
  return minutes.values.has(minute) ? undefined : at + MINUTE;
}
