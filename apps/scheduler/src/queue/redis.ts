import { Redis } from 'ioredis';

/** A connection as BullMQ wants it: commands wait for a reconnection instead of failing. `redis+unix:///path` names a unix socket. */
export function connectRedis(url: string): Redis {
  const options = {
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, 1000),
  };
  const unix = /^redis\+unix:\/\/(\/.+)$/.exec(url)?.[1];
  return unix ? new Redis(unix, options) : new Redis(url, options);
}
