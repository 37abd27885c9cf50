export * from './run.ts';
export * from './spawn.ts';
