/** One thing that happened to an object, before it becomes an Event. */
export interface Occurrence {
  /** Identifies reporter, object, type and reason: occurrences that may be told together. */
  group: string;
  /** Identifies reporter and object: the unit of rate limiting. */
  source: string;
  message: string;
}

export type Verdict =
  | { action: 'drop' }
  | { action: 'create'; key: string; message: string }
  | { action: 'count'; key: string; message: string; count: number; name: string };

const SIMILAR_LIMIT = 10;
const SIMILAR_WINDOW_MS = 600_000;
const BURST = 25;
const REFILL_PER_MS = 1 / 300 / 1000;
const CACHE_SIZE = 4096;

/**
 * The decisions of client-go's EventCorrelator: at most 25 events at once per reporter and object, then one in five minutes; more than
 * ten different messages of one reason within ten minutes become one; a repeated event raises its count. Pure but for its memory:
 * time is an argument.
 */
export class EventCorrelator {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #similar = new Map<string, { messages: Set<string>; at: number }>();
  readonly #known = new Map<string, { name: string; count: number }>();

  decide({ group, source, message }: Occurrence, now: number): Verdict {
    if (!this.#takeToken(source, now)) return { action: 'drop' };
    const seen = remember(this.#similar, group, () => ({ messages: new Set<string>(), at: now }));
    if (now - seen.at > SIMILAR_WINDOW_MS) seen.messages.clear();
    seen.at = now;
    const isNew = !seen.messages.has(message);
    if (isNew && seen.messages.size < SIMILAR_LIMIT) seen.messages.add(message);
    const combined = isNew && seen.messages.size >= SIMILAR_LIMIT;
    const text = combined ? `(combined from similar events): ${message}` : message;
    const key = combined ? group : `${group}\n${message}`;
    const known = this.#known.get(key);
    if (!known) return { action: 'create', key, message: text };
    known.count++;
    return { action: 'count', key, message: text, count: known.count, name: known.name };
  }

  /** Remembers the Event that stands for a key. */
  created(key: string, name: string, count = 1): void {
    remember(this.#known, key, () => ({ name, count }));
    Object.assign(this.#known.get(key) as object, { name, count });
  }

  /** The Event is gone from the server: the next occurrence makes a new one. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  #takeToken(source: string, now: number): boolean {
    const bucket = remember(this.#buckets, source, () => ({ tokens: BURST, at: now }));
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) * REFILL_PER_MS);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

/** Gets or makes an entry; the least recently used one falls out above the limit. */
function remember<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  if (map.size > CACHE_SIZE) map.delete(map.keys().next().value as string);
  return value;
}
