/**
 * Milliseconds since 1970 by a clock that nobody sets: right when the process began, and then as fast as time. For delays and intervals; times
 * that others see or set are `Date.now()`'s.
 */
export const steadyNow = (): number => performance.timeOrigin + performance.now();
