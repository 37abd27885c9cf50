export { nextCron } from './next.ts';
export { CronError, type CronSchedule, parseCron } from './parse.ts';
export { isTimeZone, offsetAt } from './wall-clock.ts';
