import { CompactedError, FutureRevisionError } from '../object-store.ts';
import type { Context } from './context.ts';
import { history } from './model.ts';

export function lists(context: Context): void {
  describe('lists', () => {
    test('keys in byte order, only below the prefix', async () => {
      for (const key of [
        '/core/pods/b/a',
        '/core/pods/a/z',
        '/core/pods/a/a',
        '/core/pods/a-b/a',
        '/core/podsx/a/a',
        '/apps/pods/a/a',
        '/core/pods/a/B',
      ])
        await context.store.create(key, key);
      const keys = async (prefix: string) => (await context.store.list(prefix)).items.map((item) => item.key);
      expect(await keys('/core/pods/a/')).toEqual(['/core/pods/a/B', '/core/pods/a/a', '/core/pods/a/z']);
      expect(await keys('/core/pods/')).toEqual([
        '/core/pods/a-b/a',
        '/core/pods/a/B',
        '/core/pods/a/a',
        '/core/pods/a/z',
        '/core/pods/b/a',
      ]);
      expect(await keys('/')).toHaveLength(7);
      expect(await context.store.list('/none/')).toEqual({
        items: [],
        revision: await context.store.currentRevision(),
        remaining: 0,
      });
    });

    test('pages', async () => {
      for (let i = 0; i < 7; i++) await context.store.create(`/core/pods/a/${i}`, `${i}`);
      const first = await context.store.list('/core/pods/', { limit: 3 });
      expect(first.items.map((item) => item.data)).toEqual(['0', '1', '2']);
      expect(first.remaining).toBe(4);
      await context.store.create('/core/pods/a/31', 'later');
      const options = { limit: 3, after: first.items[2]!.key, revision: first.revision };
      const second = await context.store.list('/core/pods/', options);
      expect(second.items.map((item) => item.data)).toEqual(['3', '4', '5']);
      expect(second).toMatchObject({ remaining: 1, revision: first.revision });
      const third = await context.store.list('/core/pods/', { ...options, after: second.items[2]!.key });
      expect(third.items.map((item) => item.data)).toEqual(['6']);
      expect(third.remaining).toBe(0);
      expect(
        (await context.store.list('/core/pods/', { limit: 3, after: '/core/pods/a/2' })).items.map((item) => item.data),
      ).toEqual(['3', 'later', '4']);
    });

    test('the state at every revision, before and after compaction', async () => {
      const model = await history(context.store, 60);
      const check = async (floor: number) => {
        for (const revision of model.states.keys()) {
          if (revision < floor) await expect(context.store.list('/core/pods/', { revision })).rejects.toThrow(CompactedError);
          else {
            expect(await context.store.list('/core/pods/', { revision })).toEqual({
              items: model.at(revision, '/core/pods/'),
              revision,
              remaining: 0,
            });
            const within = model.at(revision, '/core/pods/ns-1/');
            const page = await context.store.list('/core/pods/ns-1/', { revision, limit: 2 });
            expect(page).toEqual({ items: within.slice(0, 2), revision, remaining: Math.max(0, within.length - 2) });
          }
        }
      };
      const revisions = [...model.states.keys()];
      await check(0);
      for (const floor of [revisions[20]!, revisions[41]!]) {
        await context.store.compact(floor);
        expect(await context.store.compactedRevision()).toBe(floor);
        await check(floor);
      }
      const newest = await context.store.currentRevision();
      await expect(context.store.list('/core/pods/', { revision: newest + 1 })).rejects.toThrow(FutureRevisionError);
    });
  });
}
