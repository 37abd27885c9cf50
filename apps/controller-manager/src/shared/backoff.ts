/** Doubling delays per key, forgotten after twice the maximum without use (client-go flowcontrol.Backoff). */
export class Backoff {
  readonly #entries = new Map<string, { delayMs: number; at: number }>();
  readonly #initialMs: number;
  readonly #maxMs: number;
  constructor(initialMs: number, maxMs: number) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  /** Milliseconds that `key` still has to wait. */
  waitMs(key: string, now: number): number {
    const entry = this.#entries.get(key);
    return entry ? Math.max(0, entry.at + entry.delayMs - now) : 0;
  }

  /** Notes an attempt. */
  next(key: string, now: number): void {
    const entry = this.#entries.get(key);
    const lapsed = !entry || now - entry.at > 2 * this.#maxMs;
    this.#entries.set(key, { at: now, delayMs: lapsed ? this.#initialMs : Math.min(entry.delayMs * 2, this.#maxMs) });
    for (const [other, { at }] of this.#entries) if (now - at > 2 * this.#maxMs) this.#entries.delete(other);
  }
}
