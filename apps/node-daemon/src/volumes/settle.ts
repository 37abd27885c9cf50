/** As Promise.all, but nothing goes on in the background when it rejects: a retry must not meet what the first try still does. */
export async function allOrFirstError<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
