/**
 * Shares the runs of a question whose answer must not be older than its asking: a caller gets the answer of a run that started after it
 * asked; all who ask while one is running share the next.
 */
export function coalesced<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  return () => {
    next ??= (async () => {
      await running?.catch(() => {});
      // Requests that arrive in the same turn of the event loop share this run, too.
      await new Promise((resolve) => setImmediate(resolve));
      const mine = ask();
      running = mine;
      next = undefined;
      return await mine;
    })();
    return next;
  };
}
