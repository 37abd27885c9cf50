import { sleep } from '@windlass/platform';
import { CompactedError, FutureRevisionError, type ObjectStore, type StoreEvent } from '../object-store.ts';
import { CachedEvent } from './cached-event.ts';
import type { CachedObject } from './cached-object.ts';
import { coalesced } from './coalesce.ts';
import type { HistoryLimits } from './history.ts';
import { IndexedEvents, ResourceCache } from './resource-cache.ts';
import { rangeOf } from './sorted.ts';
import { LiveSubscription, type SubscribeOptions, type Subscriber, type Subscription } from './subscription.ts';

export interface WatchCacheOptions {
  /** Per resource. What it no longer holds is read from the store's log. Default 2,000 events, 8 MB. */
  history?: HistoryLimits;
  /** String fields to keep indexes of, by resource prefix: `{ '/core/pods/': ['spec.nodeName'] }`. */
  indexes?: Record<string, readonly string[]>;
}

export interface CacheListOptions {
  /** Exclusive lower bound. */
  after?: string;
  /** At most so many; 0 or absent: all. */
  limit?: number;
  /** Only objects with this value of a declared index. */
  index?: { name: string; value: string };
}

export interface CacheList {
  /** Shared objects in key order; the array is the caller's. */
  items: CachedObject[];
  /** Revision at which the answer is true. */
  revision: number;
  /** Items left after this page. */
  remaining: number;
}

const PAGE = 2000;

/**
 * The whole state of the store in memory, kept current by one watch; one per API server. Answers are as new as {@link revision}: call
 * {@link readFresh} first for a linearizable read.
 */
export class WatchCache {
  readonly #store: ObjectStore;
  readonly #options: Required<WatchCacheOptions>;
  readonly #abort = new AbortController();
  readonly #subscriptions = new Set<LiveSubscription>();
  readonly #askRevision: () => Promise<number>;
  #resources = new Map<string, ResourceCache>();
  #revision = 0;
  #startRevision = 0;
  #waiters: { revision: number; resolve: () => void }[] = [];
  #following: Promise<void> | undefined;

  /** Loads everything, then follows. */
  static async start(store: ObjectStore, options: WatchCacheOptions = {}): Promise<WatchCache> {
    const cache = new WatchCache(store, options);
    await cache.#load();
    cache.#following = cache.#follow();
    return cache;
  }

  private constructor(store: ObjectStore, options: WatchCacheOptions) {
    this.#store = store;
    this.#options = { history: { events: 2000, bytes: 8 << 20 }, indexes: {}, ...options };
    this.#askRevision = coalesced(() => store.currentRevision());
  }

  /** Everything up to here is in. */
  get revision(): number {
    return this.#revision;
  }

  get(key: string): CachedObject | undefined {
    return this.#resources.get(resourcePrefix(key))?.get(key);
  }

  /** Objects under a resource's prefix (`/group/resource/`), a namespace's (`/group/resource/namespace/`), or of one exact key (no trailing slash). */
  list(prefix: string, { after, limit = 0, index }: CacheListOptions = {}): CacheList {
    const resource = this.#resources.get(resourcePrefix(prefix));
    const all = !resource ? [] : index ? resource.index(index.name).get(index.value) : resource.sorted;
    const [start, end] = rangeOf(all, prefix, after);
    const stop = limit > 0 ? Math.min(end, start + limit) : end;
    return { items: all.slice(start, stop), revision: this.#revision, remaining: end - stop };
  }

  /** What a resource prefix (`/group/resource/`) holds. */
  sizeOf(prefix: string): { objects: number; bytes: number } {
    const resource = this.#resources.get(prefix);
    return resource ? { objects: resource.sorted.length, bytes: resource.bytes } : { objects: 0, bytes: 0 };
  }

  /** Waits until the cache holds everything that was committed when this was called. @returns the cache's revision then. @throws StoreUnavailableError */
  async readFresh(): Promise<number> {
    const revision = await this.#askRevision();
    await this.waitUntilFresh(revision);
    return this.#revision;
  }

  /** Resolves when {@link revision} has reached `revision`. @throws FutureRevisionError after `timeoutMs` (default: never) */
  async waitUntilFresh(revision: number, timeoutMs?: number): Promise<void> {
    if (this.#revision >= revision) return;
    const waiter = { revision, resolve: () => {} };
    const reached = new Promise<void>((resolve) => {
      waiter.resolve = resolve;
    });
    this.#waiters.push(waiter);
    if (timeoutMs === undefined) return reached;
    const stop = new AbortController();
    await Promise.race([reached, sleep(timeoutMs, stop.signal)]);
    stop.abort();
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    if (this.#revision < revision) throw new FutureRevisionError(revision, this.#revision);
  }

  /**
   * All events under `prefix` (as in {@link list}) after `from`, from the kept history or else from the store's log, then live: no gap, no
   * duplicate. The first call of `onEvents` comes after this has resolved.
   * @throws CompactedError when `from` is below the store's floor; FutureRevisionError when it is not reached within 3 s
   */
  async subscribe(prefix: string, from: number, subscriber: Subscriber, options: SubscribeOptions = {}): Promise<Subscription> {
    await this.waitUntilFresh(from, 3000);
    const resource = this.#resource(resourcePrefix(prefix));
    if (options.index) resource.index(options.index.name);
    if (from < resource.history.floor) {
      const floor = await this.#store.compactedRevision();
      if (from < floor) throw new CompactedError(from, floor);
    }
    const subscription = new LiveSubscription(
      prefix,
      from,
      subscriber,
      options,
      () => this.#revision,
      (closed) => {
        this.#subscriptions.delete(closed);
        this.#resource(resourcePrefix(prefix)).detach(closed);
      },
    );
    this.#subscriptions.add(subscription);
    setImmediate(() => this.#attach(subscription));
    return subscription;
  }

  /** Replays the history and goes live in one turn, or goes to the log first when the history does not reach back far enough. */
  #attach(subscription: LiveSubscription): void {
    if (subscription.closed) return;
    const resource = this.#resource(resourcePrefix(subscription.prefix));
    if (subscription.position < resource.history.floor) {
      this.#replayLog(subscription).catch((error) => subscription.end(error));
      return;
    }
    const events = resource.replay(subscription);
    resource.attach(subscription);
    subscription.deliver(events, this.#revision);
    subscription.position = Math.max(subscription.position, this.#revision);
    releaseLater(events);
  }

  async #replayLog(subscription: LiveSubscription): Promise<void> {
    const { prefix, position, abort, index } = subscription;
    const resource = () => this.#resource(resourcePrefix(prefix));
    const batches = this.#store.watch(prefix, position, abort.signal);
    for await (const batch of batches) {
      const events = batch.events.filter((event) => subscription.matchesKey(event.key)).map(CachedEvent.of);
      subscription.deliver(index ? new IndexedEvents(resource(), events).get(index) : events, batch.revision);
      subscription.position = batch.revision;
      if (batch.revision >= resource().history.floor) break;
    }
    this.#attach(subscription);
  }

  #resource(prefix: string): ResourceCache {
    let resource = this.#resources.get(prefix);
    if (!resource) {
      resource = new ResourceCache(this.#startRevision, this.#options.history, this.#options.indexes[prefix] ?? []);
      this.#resources.set(prefix, resource);
    }
    return resource;
  }

  async #load(): Promise<void> {
    this.#resources = new Map();
    let page = await this.#store.list('/', { limit: PAGE });
    this.#startRevision = page.revision;
    for (;;) {
      for (const stored of page.items) this.#resource(resourcePrefix(stored.key)).load(stored);
      if (page.remaining === 0) break;
      page = await this.#store.list('/', { limit: PAGE, after: page.items.at(-1)!.key, revision: page.revision });
    }
    this.#revision = this.#startRevision;
    this.#wake();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        for await (const batch of this.#store.watch('/', this.#revision, signal)) this.#take(batch.events, batch.revision);
      } catch (error) {
        if (signal.aborted) return;
        await sleep(50, signal);
        if (error instanceof CompactedError) await this.#reload(error);
      }
    }
  }

  /** The log no longer tells how we get from our state to the present: everyone starts again. */
  async #reload(error: CompactedError): Promise<void> {
    for (const subscription of [...this.#subscriptions]) subscription.end(error);
    await this.#load().catch(() => {});
  }

  #take(events: readonly StoreEvent[], revision: number): void {
    const byResource = new Map<ResourceCache, CachedEvent[]>();
    for (const event of events) {
      const resource = this.#resource(resourcePrefix(event.key));
      const applied = resource.apply(event);
      const list = byResource.get(resource);
      if (list) list.push(applied);
      else byResource.set(resource, [applied]);
    }
    this.#revision = revision;
    for (const [resource, applied] of byResource) {
      resource.publish(applied, revision);
      releaseLater(applied);
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const ready = this.#waiters.filter((waiter) => waiter.revision <= this.#revision);
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter.revision > this.#revision);
    for (const waiter of ready) waiter.resolve();
  }

  /** Ends every subscription and the watch; the store stays open. */
  async stop(): Promise<void> {
    this.#abort.abort();
    for (const subscription of [...this.#subscriptions]) subscription.end();
    await this.#following;
  }
}

/** `/group/resource/` of a key or prefix. */
function resourcePrefix(key: string): string {
  const end = key.indexOf('/', key.indexOf('/', 1) + 1);
  if (end < 0) throw new TypeError(`not below a resource: ${key}`);
  return key.slice(0, end + 1);
}

function releaseLater(events: readonly CachedEvent[]): void {
  if (events.length > 0)
    setImmediate(() => {
      for (const event of events) event.releaseFrame();
    });
}
