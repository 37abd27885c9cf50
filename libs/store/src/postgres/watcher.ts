import type { StoreEvent } from '../object-store.ts';
import { type Feed, type FeedBatch, PAGE } from './feed.ts';
import type { LogPage } from './reader.ts';

/** Events that may wait for a slow reader; beyond it they are dropped here and read again from the log. */
const MAX_QUEUED = 10_000;

/**
 * The events under `prefix` after `from`: from the log until it meets the shared feed, then from the feed; back to the log when the reader
 * falls too far behind. Ends when `signal` aborts. @throws CompactedError
 */
export async function* watchFeed(
  feed: Feed,
  read: (from: number, limit: number) => Promise<LogPage>,
  prefix: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<{ events: StoreEvent[]; revision: number }, void, void> {
  let position = from;
  // Fails at once below the floor, also when the feed has nothing new.
  let page: LogPage | undefined = await read(from, PAGE);
  while (!signal.aborted) {
    while (page.revision < feed.position && !signal.aborted) {
      yield { events: matching(page.events, prefix, position), revision: page.revision };
      position = page.revision;
      page = await read(position, PAGE);
    }
    // Attached in the same turn in which the feed was seen to be no further than the page: nothing can come between.
    const queue = new FeedQueue(feed, signal);
    try {
      if (page.revision > position) {
        yield { events: matching(page.events, prefix, position), revision: page.revision };
        position = page.revision;
      }
      for (let batch = await queue.next(); batch; batch = await queue.next()) {
        // What the page held already, or an announcement of what the log told before.
        if (batch.revision <= position) continue;
        yield { events: matching(batch.events, prefix, position), revision: batch.revision };
        position = batch.revision;
      }
    } finally {
      queue.close();
    }
    if (!signal.aborted) page = await read(position, PAGE);
  }
}

const matching = (events: readonly StoreEvent[], prefix: string, after: number): StoreEvent[] =>
  events.filter((event) => event.revision > after && event.key.startsWith(prefix));

/** Batches waiting for one reader. */
class FeedQueue {
  #batches: FeedBatch[] = [];
  #count = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #leave: () => void;
  readonly #signal: AbortSignal;
  readonly #end = () => {
    this.#ended = true;
    this.#wake?.();
  };

  constructor(feed: Feed, signal: AbortSignal) {
    this.#signal = signal;
    this.#leave = feed.listen((batch) => this.#add(batch));
    signal.addEventListener('abort', this.#end, { once: true });
  }

  #add(batch: FeedBatch): void {
    this.#count += batch.events.length;
    if (batch.revision < 0 || this.#count > MAX_QUEUED) {
      this.#batches = [];
      this.#end();
    } else if (!this.#ended) {
      this.#batches.push(batch);
      this.#wake?.();
    }
  }

  /** Everything that waits, as one batch; undefined at the end (aborted, or to be read from the log). */
  async next(): Promise<FeedBatch | undefined> {
    while (this.#batches.length === 0) {
      if (this.#ended || this.#signal.aborted) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const batches = this.#batches;
    this.#batches = [];
    this.#count = 0;
    return batches.length === 1 ? batches[0] : { events: batches.flatMap((b) => b.events), revision: batches.at(-1)!.revision };
  }

  close(): void {
    this.#leave();
    this.#signal.removeEventListener('abort', this.#end);
    this.#end();
  }
}
