export * from './api-server.ts';
export * from './database.ts';
