export * from './resolv-conf.ts';
export * from './resolver.ts';
export * from './zone.ts';
