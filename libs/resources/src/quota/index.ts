export { matchesScopes } from './scopes.ts';
export * from './tracked.ts';
export * from './usage.ts';
