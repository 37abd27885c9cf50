import { type FluentdOptions, FluentdSink, JournaldSink, type LogSink } from '@windlass/host';

/** A named place for container lines. */
export type LogDriver =
  | { type: 'journald' /** Default /run/systemd/journal/socket. */; socket?: string }
  | ({ type: 'fluentd' } & FluentdOptions);

/** The cluster's log shipping: `logging` of the node daemon's configuration. */
export interface LoggingConfig {
  drivers?: Record<string, LogDriver>;
  /** Names of the drivers that a pod without the annotation uses. */
  default?: string[];
  /** How long the files of a deleted pod wait for an absent sink, in seconds. Default 3600. */
  holdSeconds?: number;
}

/** Comma-separated driver names, or `none`. */
export const LOG_DRIVERS_ANNOTATION = 'windlass.dev/log-drivers';

/** The drivers of a pod. `unknown` lists names that the configuration does not have: the pod's owner wants to know. */
export function driversOf(
  annotations: Readonly<Record<string, string>> | undefined,
  config: LoggingConfig,
): { drivers: string[]; unknown: string[] } {
  const value = annotations?.[LOG_DRIVERS_ANNOTATION];
  if (value === undefined) return { drivers: config.default ?? [], unknown: [] };
  const names = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'none');
  const known = new Set(Object.keys(config.drivers ?? {}));
  return { drivers: names.filter((name) => known.has(name)), unknown: names.filter((name) => !known.has(name)) };
}

export function createSink(driver: LogDriver): LogSink {
  switch (driver.type) {
    case 'journald':
      return new JournaldSink(driver.socket);
    case 'fluentd':
      return new FluentdSink(driver);
    default:
      throw new Error(`unknown log driver type "${(driver as { type: string }).type}": want journald or fluentd`);
  }
}
