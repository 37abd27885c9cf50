/** Restart delays: 0.2 s doubling to 10 s; a run of at least 30 s starts over. All times in ms. */
export const nextRestart = (previousDelay: number, ranMs: number): number =>
  previousDelay === 0 || ranMs >= 30_000 ? 200 : Math.min(previousDelay * 2, 10_000);
