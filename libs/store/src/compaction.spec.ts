import { startCompaction } from './compaction.ts';
import type { ObjectStore } from './object-store.ts';

test('compacts to what was newest an interval ago, and goes on after an error', async () => {
  const compacted: number[] = [];
  const errors: unknown[] = [];
  let newest = 10;
  const store = {
    currentRevision: async () => {
      if (newest === 12) {
        newest++;
        throw new Error('away');
      }
      return newest++;
    },
    compact: async (revision: number) => void compacted.push(revision),
  } as ObjectStore;
  const stop = startCompaction(store, { intervalMs: 2, onError: (error) => errors.push(error) });
  while (compacted.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  await stop();
  expect(compacted.slice(0, 3)).toEqual([10, 11, 13]);
  expect(errors).toHaveLength(1);
});
