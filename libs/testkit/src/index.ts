export * from './api-server.ts';
export * from './database.ts';
export * from './raw-request.ts';
