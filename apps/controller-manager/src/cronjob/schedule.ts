import { type CronSchedule, isTimeZone, nextCron, parseCron } from '@windlass/meta';
import type { CronJob } from '@windlass/resources';

/** More missed times than this are told: the clock or the controller was far behind. */
const MANY = 100;

/** The times of one cron job. Milliseconds since the epoch. */
export interface Times {
  /** The newest time that is due and was not seen to; undefined when none is. */
  due?: number;
  next?: number;
  tooManyMissed: boolean;
}

/** A schedule or zone that cannot be read: reason and text of the event. */
export interface BadSchedule {
  reason: string;
  message: string;
}

export function readSchedule({ spec }: CronJob): { schedule: CronSchedule; zone: string } | BadSchedule {
  const zone = spec.timeZone ?? 'UTC';
  if (!isTimeZone(zone))
    return { reason: 'UnknownTimeZone', message: `invalid timeZone: ${JSON.stringify(zone)}: unknown time zone ${zone}` };
  try {
    return { schedule: parseCron(spec.schedule), zone };
  } catch (error) {
    return {
      reason: 'UnparseableSchedule',
      message: `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${(error as Error).message}`,
    };
  }
}

/** What is due since the last run (or creation), not looking back further than the starting deadline. (cronjob/utils.go mostRecentScheduleTime) */
export function timesOf(cronJob: CronJob, schedule: CronSchedule, zone: string, now: number): Times {
  const { creationTimestamp } = cronJob.metadata;
  let earliest = Date.parse(cronJob.status?.lastScheduleTime ?? creationTimestamp ?? '') || now;
  const deadline = cronJob.spec.startingDeadlineSeconds;
  if (deadline !== undefined) earliest = Math.max(earliest, now - deadline * 1000);
  const next = nextCron(schedule, now, zone);
  const first = nextCron(schedule, earliest, zone);
  if (first === undefined || first > now) return { next, tooManyMissed: false };
  // Most of a long gap is jumped over: the newest due time is all that counts.
  const second = nextCron(schedule, first, zone) ?? Number.POSITIVE_INFINITY;
  const missed = Math.floor((now - first) / (second - first)) + 1;
  let due = missed > MANY ? (nextCron(schedule, now - 2 * (second - first), zone) ?? first) : first;
  if (due > now) due = first;
  for (let at = nextCron(schedule, due, zone); at !== undefined && at <= now; at = nextCron(schedule, at, zone)) due = at;
  return { due, next, tooManyMissed: missed > MANY };
}
