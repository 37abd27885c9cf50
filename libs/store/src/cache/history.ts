import type { CachedEvent } from './cached-event.ts';

export interface HistoryLimits {
  events: number;
  /** Of the serialized objects, in bytes. */
  bytes: number;
}

/** The last events of one resource, oldest first, bounded by number and size. */
export class History {
  readonly #limits: HistoryLimits;
  readonly #events: CachedEvent[] = [];
  #start = 0;
  #bytes = 0;
  #floor: number;

  /** Complete for everything after `floor`. */
  constructor(floor: number, limits: HistoryLimits) {
    this.#floor = floor;
    this.#limits = limits;
  }

  /** All events after this revision are held. */
  get floor(): number {
    return this.#floor;
  }

  add(event: CachedEvent): void {
    this.#events.push(event);
    this.#bytes += event.current.bytes.length;
    while (this.#events.length - this.#start > this.#limits.events || this.#bytes > this.#limits.bytes) this.#drop();
  }

  #drop(): void {
    const event = this.#events[this.#start++]!;
    this.#floor = event.revision;
    this.#bytes -= event.current.bytes.length;
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events.splice(0, this.#start);
      this.#start = 0;
    }
  }

  /** Events after `revision`, which must not be below the floor. */
  after(revision: number): CachedEvent[] {
    let low = this.#start;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low);
  }
}
