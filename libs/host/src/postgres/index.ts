export * from './command.ts';
export * from './start.ts';
export * from './temporary.ts';
