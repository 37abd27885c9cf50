export * from './find-program.ts';
export * from './kept-secret.ts';
export * from './os-user.ts';
export * from './reachable.ts';
export * from './run.ts';
export * from './spawn.ts';
