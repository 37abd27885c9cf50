import type { ObjectStore, StoreEvent } from '../object-store.ts';

/** What the suite needs of an implementation. */
export interface ConformanceBackend {
  /** Empties the backend. */
  reset(): Promise<void>;
  /** A further, independent handle (as another process would have) on the same data. */
  open(): Promise<ObjectStore>;
}

/** The store under test, new and empty for each test. */
export interface Context {
  readonly store: ObjectStore;
  another(): Promise<ObjectStore>;
}

/** Reads a watch until `until(events)`; fails when the watch ends or takes longer than 10 s. */
export async function collect(
  store: ObjectStore,
  prefix: string,
  from: number,
  until: (events: StoreEvent[], revision: number) => boolean,
): Promise<{ events: StoreEvent[]; revisions: number[] }> {
  const events: StoreEvent[] = [];
  const revisions: number[] = [];
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 10_000);
  try {
    for await (const batch of store.watch(prefix, from, stop.signal)) {
      events.push(...batch.events);
      revisions.push(batch.revision);
      if (until(events, batch.revision)) return { events, revisions };
    }
    throw new Error(`watch ended after ${events.length} events at ${revisions.at(-1)}`);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
