export * from './api-server.ts';
export * from './database.ts';
export * from './http.ts';
export * from './minimal-objects.ts';
export * from './protobuf.ts';
export * from './random.ts';
export * from './random-object.ts';
export * from './raw-request.ts';
