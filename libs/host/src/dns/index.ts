export * from './forwarder.ts';
export * from './server.ts';
export * from './wire.ts';
