export interface WorkQueueOptions {
  /** First delay after a failure, doubled with each. Default 5 ms. */
  baseDelayMs?: number;
  /** Default 1,000,000 ms, as client-go. */
  maxDelayMs?: number;
}

/**
 * Keys to be worked on. A key waits at most once; one that is added while it is worked on waits until that is done, so no key is worked on
 * twice at the same time. Delayed adds keep the earliest time.
 */
export class WorkQueue {
  readonly #base: number;
  readonly #max: number;
  readonly #ready = new Set<string>();
  readonly #working = new Set<string>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  readonly #waiters: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#base = options.baseDelayMs ?? 5;
    this.#max = options.maxDelayMs ?? 1_000_000;
  }

  /** Keys that wait now (not those delayed or worked on). */
  get length(): number {
    return this.#ready.size;
  }
  /** Nothing waits and nothing is worked on. */
  get idle(): boolean {
    return this.#ready.size === 0 && this.#working.size === 0;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    const waiter = this.#ready.has(key) ? undefined : this.#waiters.shift();
    if (waiter) {
      this.#working.add(key);
      waiter(key);
    } else this.#ready.add(key);
  }

  addAfter(key: string, ms: number): void {
    if (ms <= 0) this.add(key);
    if (ms <= 0 || this.#closed) return;
    const at = Date.now() + ms;
    const pending = this.#delayed.get(key);
    if (pending && pending.at <= at) return;
    if (pending) clearTimeout(pending.timer);
    // setTimeout holds at most 2^31 - 1 ms; a longer wait ends early, which a level-triggered reconciler does not mind.
    const timer = setTimeout(
      () => {
        this.#delayed.delete(key);
        this.add(key);
      },
      Math.min(ms, 2 ** 31 - 1),
    );
    this.#delayed.set(key, { at, timer });
  }

  /** Adds after the key's back-off, which grows with every call until {@link forget}. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(this.#base * 2 ** failures, this.#max));
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, now being worked on until {@link done}; undefined when the queue is closed. */
  next(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const [key] = this.#ready;
    if (key === undefined) return new Promise((resolve) => this.#waiters.push(resolve));
    this.#ready.delete(key);
    this.#working.add(key);
    return Promise.resolve(key);
  }

  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  close(): void {
    this.#closed = true;
    this.#ready.clear();
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
  }
}
