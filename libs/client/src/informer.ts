import { apiVersionOf, type KubeObject } from '@windlass/meta';
import { sleep } from '@windlass/platform';
import { isGone, StatusError } from './errors.ts';
import { IndexedStore, type Indexer, keyOf, type Lister } from './object-store.ts';
import type { ResourceClient } from './resource-client.ts';
import type { WatchEvent } from './watch-stream.ts';

export interface Handler<T> {
  add?(object: T, initial: boolean): void;
  update?(old: T, object: T): void;
  /** The last known state; when the deletion itself was missed (found by a relist) it may be an older one. */
  delete?(object: T): void;
}

export interface InformerOptions<T extends KubeObject> {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  indexers?: Record<string, Indexer<T>>;
  /** Shrinks an object before it is kept; may change its argument. Default {@link dropManagedFields}. */
  transform?: (object: T) => T;
  metadataOnly?: boolean;
  /** Objects per list page. Default 500. */
  pageSize?: number;
  /** A watch stream without any byte for so long is opened anew. Default 150,000 ms (servers send bookmarks about every minute). */
  stallMs?: number;
  /** Told of every failed list or watch, and of handlers that throw. */
  onError?: (error: unknown, during: 'list' | 'watch' | 'handler') => void;
}

/** managedFields are about half of an object and no component reads them. */
export function dropManagedFields<T extends KubeObject>(object: T): T {
  delete object.metadata.managedFields;
  return object;
}

const MAX_BACKOFF_MS = 30_000;

/**
 * A local copy of one resource: a paginated list, then a watch from its revision. Handlers see every object's changes in order, each
 * state at most once, and may miss states in between. A lost stream resumes at the last revision; a compacted one lists anew and
 * reports the difference.
 */
export class Informer<T extends KubeObject> {
  readonly resource: ResourceClient<T>;
  readonly #options: InformerOptions<T>;
  readonly #store: IndexedStore<T>;
  readonly #handlers = new Set<Handler<T>>();
  #revision: string | undefined;
  #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #running: Promise<void> | undefined;

  constructor(resource: ResourceClient<T>, options: InformerOptions<T> = {}) {
    this.resource = resource;
    this.#options = options;
    this.#store = new IndexedStore(options.indexers);
  }

  get store(): Lister<T> {
    return this.#store;
  }
  /** The newest revision that the cache is known to have seen. */
  get revision(): string | undefined {
    return this.#revision;
  }
  hasSynced(): boolean {
    return this.#hasSynced;
  }
  /** Resolves after the first complete list. */
  synced(): Promise<void> {
    return this.#synced.promise;
  }
  addIndex(name: string, of: Indexer<T>): void {
    this.#store.addIndex(name, of);
  }

  /** What is already cached is delivered at once as adds. Returns the function that removes the handler. */
  addHandler(handler: Handler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.list()) this.#deliver(() => handler.add?.(object, true));
    return () => this.#handlers.delete(handler);
  }

  /** Starts once; runs until `signal` aborts. Resolves when it has ended. */
  start(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(signal);
    return this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let backoff = 0;
    while (!signal.aborted) {
      let during: 'list' | 'watch' = 'list';
      try {
        if (this.#revision === undefined) {
          await this.#list(signal);
          backoff = 0;
        }
        during = 'watch';
        const lived = await this.#watch(signal);
        // A stream that closes at once would otherwise be reopened in a busy loop.
        backoff = lived ? 0 : nextBackoff(backoff);
      } catch (error) {
        if (signal.aborted) break;
        if (isGone(error) || (error instanceof StatusError && error.status.reason === 'Expired')) this.#revision = undefined;
        else this.#options.onError?.(error, during);
        backoff = nextBackoff(backoff);
      }
      if (backoff > 0) await sleep(backoff * (1 + Math.random() / 2), signal);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { namespace, labelSelector, fieldSelector, metadataOnly, pageSize = 500 } = this.#options;
    const seen = new Set<string>();
    const fresh: T[] = [];
    let next: string | undefined;
    let revision: string | undefined;
    do {
      const page = await this.resource.list({
        namespace,
        labelSelector,
        fieldSelector,
        metadataOnly,
        limit: pageSize,
        continue: next,
        signal,
        timeoutMs: 120_000,
      });
      for (const item of page.items) fresh.push(item);
      next = page.metadata.continue;
      revision = page.metadata.resourceVersion;
    } while (next);
    for (const item of fresh) {
      seen.add(keyOf(item));
      this.#upsert(item, !this.#hasSynced);
    }
    for (const key of this.#store.keys()) if (!seen.has(key)) this.#remove(key);
    this.#revision = revision;
    if (!this.#hasSynced) {
      this.#hasSynced = true;
      this.#synced.resolve();
    }
  }

  /** Follows the stream to its end. Resolves to whether it lived for a second or brought something. */
  async #watch(signal: AbortSignal): Promise<boolean> {
    const { namespace, labelSelector, fieldSelector, metadataOnly, stallMs } = this.#options;
    const opened = Date.now();
    let received = false;
    const stream = this.resource.watch({
      namespace,
      labelSelector,
      fieldSelector,
      metadataOnly,
      stallMs,
      signal,
      resourceVersion: this.#revision,
      allowWatchBookmarks: true,
      // Spread, so that a server's clients do not all come back in the same second.
      timeoutSeconds: Math.floor(300 + 300 * Math.random()),
    });
    for await (const events of stream) {
      received = true;
      for (const event of events) this.#apply(event);
    }
    return received || Date.now() - opened > 1000;
  }

  #apply({ type, object }: WatchEvent<T>): void {
    this.#revision = object.metadata.resourceVersion;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') this.#remove(keyOf(object), object);
    else this.#upsert(object, false);
  }

  #upsert(raw: T, initial: boolean): void {
    const key = keyOf(raw);
    const old = this.#store.get(key);
    if (old && old.metadata.resourceVersion === raw.metadata.resourceVersion) return;
    const object = this.#prepare(raw);
    this.#store.set(key, object);
    if (old && old.metadata.uid !== object.metadata.uid) {
      // Deleted and made anew between two looks: two objects, not a change of one.
      for (const handler of this.#handlers) this.#deliver(() => handler.delete?.(old));
      for (const handler of this.#handlers) this.#deliver(() => handler.add?.(object, initial));
    } else if (old) for (const handler of this.#handlers) this.#deliver(() => handler.update?.(old, object));
    else for (const handler of this.#handlers) this.#deliver(() => handler.add?.(object, initial));
  }

  #remove(key: string, last?: T): void {
    const old = this.#store.delete(key);
    if (!old) return;
    const object = last ? this.#prepare(last) : old;
    for (const handler of this.#handlers) this.#deliver(() => handler.delete?.(object));
  }

  #prepare(raw: T): T {
    const { group, version, kind } = this.resource.ref;
    // List items come without their kind.
    if (kind && !raw.kind) Object.assign(raw, { apiVersion: apiVersionOf(group, version), kind });
    return (this.#options.transform ?? dropManagedFields)(raw);
  }

  #deliver(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.onError?.(error, 'handler');
    }
  }
}

const nextBackoff = (previous: number): number => Math.min(previous === 0 ? 200 : previous * 2, MAX_BACKOFF_MS);
