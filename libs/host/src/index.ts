export * from './cleanup/index.ts';
export * from './oci/index.ts';
export * from './process/index.ts';
export * from './supervisor/index.ts';
export * from './sinks/index.ts';
export * from './postgres/index.ts';
export * from './redis/index.ts';
export * from './net/index.ts';
