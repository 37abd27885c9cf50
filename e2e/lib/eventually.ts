/** Tries until `check` neither throws nor returns undefined or false. @throws the last failure after `seconds` */
export async function eventually<T>(check: () => Promise<T> | T, seconds = 30, everyMs = 200): Promise<NonNullable<T>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) return value;
      if (Date.now() > deadline) throw new Error(`still ${String(value)} after ${seconds} s: ${check.toString().slice(0, 300)}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
