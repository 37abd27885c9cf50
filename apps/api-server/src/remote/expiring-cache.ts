/** Answers by key, each for its own time; those asked for at once are asked for once. Errors are not kept. */
export class ExpiringCache<T> {
  readonly #most: number;
  readonly #now: () => number;
  readonly #kept = new Map<string, { value: T; until: number }>();
  readonly #asked = new Map<string, Promise<T>>();

  constructor(most: number, now: () => number = Date.now) {
    this.#most = most;
    this.#now = now;
  }

  /** @param lifetimeMs how long an answer is kept */
  async get(key: string, ask: () => Promise<T>, lifetimeMs: (value: T) => number): Promise<T> {
    const found = this.#kept.get(key);
    if (found && found.until > this.#now()) return found.value;
    this.#kept.delete(key);
    let asking = this.#asked.get(key);
    if (!asking) {
      asking = ask().finally(() => this.#asked.delete(key));
      this.#asked.set(key, asking);
    }
    const value = await asking;
    const lifetime = lifetimeMs(value);
    if (lifetime > 0) {
      if (this.#kept.size >= this.#most) this.#kept.delete(this.#kept.keys().next().value!);
      this.#kept.set(key, { value, until: this.#now() + lifetime });
    }
    return value;
  }
}
