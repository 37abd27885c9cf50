export { CriClient, CriError, isCriNotFound } from './client.ts';
export type * from './types.ts';
