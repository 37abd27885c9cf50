const EVERY_MS = 50;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again until `look` does not throw. @returns its answer @throws its last error after `seconds` */
export async function eventually<T>(look: () => Promise<T> | T, seconds = 15): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; await pause(EVERY_MS))
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
}

/** Reads again until the value is good, at most `seconds`. @returns the last value, good or not: the test says what it wants of it */
export async function settled<T>(read: () => Promise<T>, isGood: (value: T) => boolean, seconds = 5): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; await pause(EVERY_MS)) {
    const value = await read();
    if (isGood(value) || Date.now() > deadline) return value;
  }
}
