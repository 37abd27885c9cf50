/**
 * platform: what every process needs and no domain knows: logger, config file, lifecycle, telemetry. Imports no other lib.
 */
export * from './async.ts';
export * from './config.ts';
export * from './lifecycle.ts';
export * from './logger.ts';
export * from './node-flags.ts';
export * from './steady-clock.ts';
export * from './telemetry/index.ts';
