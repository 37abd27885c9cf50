export { LOG_DRIVERS_ANNOTATION, type LogDriver, type LoggingConfig } from './config.ts';
export { type LoggedPod, type Logs, type LogsOptions, startLogs } from './start-logs.ts';
