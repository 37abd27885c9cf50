import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on stdout; level from `WINDLASS_LOG_LEVEL` (default info). `component` names the process or part. */
export const createLogger = (component: string, level = process.env.WINDLASS_LOG_LEVEL ?? 'info'): Logger =>
  pino({ level, base: { component, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
