export * from './names.ts';
export * from './node-namespace.ts';
export * from './sysctl.ts';
