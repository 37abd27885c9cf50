/**
 * Calls `call` `count` times in batches of 1, 2, 4…: a failing create (quota, admission) costs one request, not `count`.
 * Stops after the first batch with a failure. Resolves to the successes and the first error.
 */
export async function slowStart(count: number, call: () => Promise<unknown>): Promise<{ successes: number; error?: unknown }> {
  let successes = 0;
  for (let batch = Math.min(count, 1); batch > 0; batch = Math.min(2 * batch, count - successes)) {
    const results = await Promise.allSettled(Array.from({ length: batch }, call));
    const failed = results.find((result) => result.status === 'rejected');
    successes += results.filter((result) => result.status === 'fulfilled').length;
    if (failed) return { successes, error: failed.reason };
  }
  return { successes };
}
