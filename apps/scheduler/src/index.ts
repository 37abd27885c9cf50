/** scheduler: places pods on nodes. `place/` is pure; `scheduler.ts` follows the API; `queue/` carries waves through BullMQ. */
export type { SchedulerConfig } from './config.ts';
export { startScheduler } from './start-scheduler.ts';
