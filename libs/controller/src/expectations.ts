const TIMEOUT_MS = 5 * 60_000;

/**
 * What a controller has asked for and not yet seen in its cache, so that a reconcile on an old cache does not create or delete twice
 * (client-go's UIDTrackingControllerExpectations). Unmet expectations lapse after five minutes.
 */
export class Expectations {
  readonly #entries = new Map<string, { creations: number; deletions: Set<string>; at: number }>();
  readonly #now: () => number;
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whether everything was seen (or lapsed), so that the cache may be acted on. */
  satisfied(owner: string): boolean {
    const entry = this.#entries.get(owner);
    if (!entry) return true;
    return (entry.creations <= 0 && entry.deletions.size === 0) || this.#now() - entry.at > TIMEOUT_MS;
  }

  expect(owner: string, creations: number, deletions: readonly string[] = []): void {
    this.#entries.set(owner, { creations, deletions: new Set(deletions), at: this.#now() });
  }

  /** A creation was seen, or has failed. */
  created(owner: string, count = 1): void {
    const entry = this.#entries.get(owner);
    if (entry) entry.creations -= count;
  }

  /** The deletion of this uid was seen, or has failed. */
  deleted(owner: string, uid: string): void {
    this.#entries.get(owner)?.deletions.delete(uid);
  }

  forget(owner: string): void {
    this.#entries.delete(owner);
  }
}
