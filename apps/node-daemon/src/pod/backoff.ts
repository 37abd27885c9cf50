/** Times in milliseconds. */
export interface BackoffOptions {
  initialMs: number;
  maxMs: number;
}

/** Doubling delays per key, forgotten when a key was quiet for twice the maximum; as client-go's flowcontrol.Backoff. Time is an argument. */
export class Backoff {
  readonly #entries = new Map<string, { delayMs: number; updated: number }>();
  readonly #options: BackoffOptions;
  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Current delay of the key, 0 before the first failure. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** When the key was last given a delay; 0: never. */
  updatedAt(key: string): number {
    return this.#entries.get(key)?.updated ?? 0;
  }

  /** When the key may be tried again after an event at `since`; 0 when it may now. */
  waitUntil(key: string, since: number, now: number): number {
    const entry = this.#entries.get(key);
    if (!entry || since - entry.updated > 2 * this.#options.maxMs) return 0;
    const until = since + entry.delayMs;
    return until > now ? until : 0;
  }

  /** Doubles the delay (or starts anew after a quiet time). */
  next(key: string, since: number, now: number): void {
    const entry = this.#entries.get(key);
    const { initialMs, maxMs } = this.#options;
    const delayMs = !entry || since - entry.updated > 2 * maxMs ? initialMs : Math.min(entry.delayMs * 2, maxMs);
    this.#entries.set(key, { delayMs, updated: now });
  }

  /** Forgets all keys that start with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}

/** `10s`, `1m20s`, `5m0s`: Go's way of printing durations of whole seconds. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
