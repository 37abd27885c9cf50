export { type FluentdOptions, FluentdSink } from './fluentd.ts';
export { JournaldSink } from './journald.ts';
export type { LogRecord, LogSink } from './sink.ts';
