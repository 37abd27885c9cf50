/**
 * store: the ordered key-value store under the API ({@link ObjectStore}), its PostgreSQL implementation, and the watch cache that an API
 * server answers from. It knows keys and JSON texts, no kinds; it never interprets an object beyond metadata.resourceVersion.
 * Start reading at object-store.ts, then postgres/store.ts (writes: writer.ts, batch-sql.ts; events: feed.ts), then cache/watch-cache.ts.
 */

export { CachedEvent, frameOf } from './cache/cached-event.ts';
export { CachedObject } from './cache/cached-object.ts';
export { withRevision } from './cache/splice.ts';
export type { SubscribeOptions, Subscriber, Subscription } from './cache/subscription.ts';
export { type CacheList, type CacheListOptions, WatchCache, type WatchCacheOptions } from './cache/watch-cache.ts';
export { type CompactionOptions, startCompaction } from './compaction.ts';
export * from './errors.ts';
export * from './object-store.ts';
export { createDatabase, dropDatabase } from './postgres/database.ts';
export { PostgresObjectStore, type PostgresStoreOptions } from './postgres/store.ts';
export { type TextTransformer, TransformedStore } from './transform/transformed-store.ts';
