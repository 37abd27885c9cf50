import { sleep } from '@windlass/platform';
import type { StoreEvent } from '../object-store.ts';
import type { LogPage } from './reader.ts';

export interface FeedBatch {
  events: readonly StoreEvent[];
  /** Complete up to here. */
  revision: number;
}

export type FeedListener = (batch: FeedBatch) => void;

/** Entries read from the log in one go. */
export const PAGE = 500;

/**
 * One stream of all events of the store from "now" on, in order, each once, shared by all watchers of this process. Our own commits are
 * published straight from the writer when they follow what was published last, without reading them back; whatever others wrote is read
 * from the log when a higher revision is heard of.
 */
export class Feed {
  readonly #read: (from: number, limit: number) => Promise<LogPage>;
  readonly #listeners = new Set<FeedListener>();
  #position: number;
  #wanted: number;
  #reading = false;
  #closed = false;

  /** Starts after `position`, which must be a committed revision. */
  constructor(position: number, read: (from: number, limit: number) => Promise<LogPage>) {
    this.#position = position;
    this.#wanted = position;
    this.#read = read;
  }

  /** Everything up to here has been published. */
  get position(): number {
    return this.#position;
  }

  /** Batches published from now on; the first one starts right after {@link position}. @returns a function that ends it */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Our own commit. */
  committed(events: StoreEvent[]): void {
    const last = events.at(-1)!.revision;
    if (events[0]!.revision === this.#position + 1) this.#publish({ events, revision: last });
    else this.heard(last);
  }

  /** Someone says that `revision` is committed. */
  heard(revision: number): void {
    if (revision > this.#wanted) this.#wanted = revision;
    if (this.#wanted > this.#position && !this.#reading && !this.#closed) void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    this.#reading = true;
    while (this.#wanted > this.#position && !this.#closed) {
      try {
        const page = await this.#read(this.#position, PAGE);
        // Own commits may have been published while the page was read.
        const events = page.events.filter((event) => event.revision > this.#position);
        if (page.revision > this.#position) this.#publish({ events, revision: page.revision });
      } catch (error) {
        if ((error as Error).name === 'CompactedError') return this.#skip((error as { floor?: number }).floor ?? this.#wanted);
        await sleep(100);
      }
    }
    this.#reading = false;
  }

  /** We slept longer than the log is kept. Listeners see the gap (a batch that does not follow theirs) and must start again. */
  #skip(floor: number): void {
    this.#reading = false;
    this.#position = floor;
    for (const listener of this.#listeners) listener({ events: [], revision: -1 });
    this.heard(this.#wanted);
  }

  #publish(batch: FeedBatch): void {
    this.#position = batch.revision;
    for (const listener of this.#listeners) listener(batch);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
  }
}
