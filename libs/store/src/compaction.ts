import { sleep } from '@windlass/platform';
import type { ObjectStore } from './object-store.ts';

export interface CompactionOptions {
  /** Shortest time that a revision stays readable; it may be up to twice as long. Default 5 min, as kube-apiserver's. */
  intervalMs?: number;
  onError?(error: unknown): void;
}

/** Compacts the store every interval to what was newest an interval ago. Harmless when several processes do it. @returns a function that ends it */
export function startCompaction(store: ObjectStore, options: CompactionOptions = {}): () => Promise<void> {
  const { intervalMs = 300_000, onError = () => {} } = options;
  const stop = new AbortController();
  const loop = (async () => {
    let previous: number | undefined;
    while (!stop.signal.aborted) {
      try {
        const newest = await store.currentRevision();
        if (previous !== undefined) await store.compact(previous);
        previous = newest;
      } catch (error) {
        if (!stop.signal.aborted) onError(error);
      }
      await sleep(intervalMs, stop.signal);
    }
  })();
  return () => {
    stop.abort();
    return loop;
  };
}
