import type { CachedEvent } from './cached-event.ts';

export interface Subscriber {
  /** Events in order, each once; never an empty list. Called synchronously for all subscribers: hand over and return. */
  onEvents(events: readonly CachedEvent[], revision: number): void;
  /** The subscription ended from this side: a `CompactedError` (start again from a list), or the cache was closed (no error). */
  onClose?(error?: Error): void;
}

export interface SubscribeOptions {
  /** Only events whose object has, or had before, this value of a declared index. */
  index?: { name: string; value: string };
}

export interface Subscription {
  /** Everything up to here was delivered: for bookmarks. */
  readonly revision: number;
  /** No further calls. Idempotent. */
  close(): void;
}

/** Cache-side state of a subscription. */
export class LiveSubscription implements Subscription {
  readonly prefix: string;
  readonly index: { name: string; value: string } | undefined;
  readonly abort = new AbortController();
  /** Delivered up to here by replay; the cache's own revision counts once attached. */
  position: number;
  attached = false;
  readonly #subscriber: Subscriber;
  readonly #cacheRevision: () => number;
  readonly #onClosed: (self: LiveSubscription) => void;

  constructor(
    prefix: string,
    from: number,
    subscriber: Subscriber,
    options: SubscribeOptions,
    cacheRevision: () => number,
    onClosed: (self: LiveSubscription) => void,
  ) {
    this.prefix = prefix;
    this.position = from;
    this.index = options.index;
    this.#subscriber = subscriber;
    this.#cacheRevision = cacheRevision;
    this.#onClosed = onClosed;
  }

  get revision(): number {
    return this.attached ? Math.max(this.position, this.#cacheRevision()) : this.position;
  }

  get closed(): boolean {
    return this.abort.signal.aborted;
  }

  matchesKey(key: string): boolean {
    return this.prefix.endsWith('/') ? key.startsWith(this.prefix) : key === this.prefix;
  }

  /** A subscriber that throws is closed; it must not harm the others. */
  deliver(events: readonly CachedEvent[], revision: number): void {
    if (this.closed || events.length === 0) return;
    try {
      this.#subscriber.onEvents(events, revision);
    } catch (error) {
      this.end(error as Error);
    }
  }

  close(): void {
    if (this.closed) return;
    this.abort.abort();
    this.#onClosed(this);
  }

  end(error?: Error): void {
    if (this.closed) return;
    this.close();
    this.#subscriber.onClose?.(error);
  }
}
