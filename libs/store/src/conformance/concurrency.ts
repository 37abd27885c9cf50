import { type ObjectStore, RevisionConflictError } from '../object-store.ts';
import { type Context, collect } from './context.ts';

const retried = async (write: () => Promise<unknown>): Promise<void> => {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
    }
  }
};

const increment = (store: ObjectStore, key: string) =>
  retried(async () => {
    const found = (await store.get(key))!;
    await store.update(key, found.revision, String(Number(found.data) + 1));
  });

export function concurrency(context: Context): void {
  describe('many at once', () => {
    test('several stores, many writers: every watcher sees every event once and in order', async () => {
      const stores = [context.store, await context.another(), await context.another()];
      const from = await context.store.currentRevision();
      const writers = 30;
      const rounds = 15;
      const total = writers * rounds * 3;
      const watches = stores.map((each) => collect(each, '/', from, (events) => events.length >= total));
      const late = (async () => {
        const at = await stores[1]!.currentRevision();
        const { events } = await collect(stores[1]!, '/', at, (_, revision) => revision >= from + total);
        return { at, events };
      })();
      const acknowledged: number[] = [];
      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          const mine = stores[writer % stores.length]!;
          for (let i = 0; i < rounds; i++) {
            const key = `/core/pods/w-${writer}/${i}`;
            const created = await mine.create(key, '"a"');
            const updated = await mine.update(key, created.revision, '"b"');
            const deleted = await mine.delete(key, updated.revision);
            acknowledged.push(created.revision, updated.revision, deleted);
          }
        }),
      );
      expect(new Set(acknowledged).size).toBe(total);
      const sorted = acknowledged.toSorted((a, b) => a - b);
      for (const watch of watches) {
        const { events, revisions } = await watch;
        expect(events.map((event) => event.revision)).toEqual(sorted);
        expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
      }
      const { at, events } = await late;
      expect(events.map((event) => event.revision)).toEqual(sorted.filter((revision) => revision > at));
    }, 30_000);

    test('conflicts do not fail their neighbours', async () => {
      const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => context.store.create(`/core/pods/a/taken-${i}`, '1')));
      const results = await Promise.allSettled([
        ...taken.map(({ key }) => context.store.create(key, '2')),
        ...taken.map(({ key }, i) => context.store.update(key, i % 2 ? 999_999 : taken[i]!.revision, '3')),
        ...Array.from({ length: 20 }, (_, i) => context.store.create(`/core/pods/a/free-${i}`, '1')),
        ...Array.from({ length: 20 }, (_, i) => context.store.delete(`/core/pods/a/none-${i}`, 5)),
      ]);
      const ok = results.map(({ status }) => status === 'fulfilled');
      expect(ok.slice(0, 20)).toEqual(Array(20).fill(false));
      expect(ok.slice(20, 40)).toEqual(taken.map((_, i) => i % 2 === 0));
      expect(ok.slice(40, 60)).toEqual(Array(20).fill(true));
      expect(ok.slice(60)).toEqual(Array(20).fill(false));
    });

    test('writes of one key that are asked for together happen in their order', async () => {
      const from = await context.store.currentRevision();
      const results = await Promise.allSettled([
        context.store.create('/core/pods/a/x', '1'),
        context.store.create('/core/pods/a/x', '2'),
        context.store.update('/core/pods/a/x', from + 1, '3'),
        context.store.update('/core/pods/a/x', from + 1, '4'),
        context.store.create('/core/pods/a/y', '5'),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
      const stored = (await context.store.get('/core/pods/a/x'))!;
      const [late, wins] = await Promise.allSettled([
        context.store.delete('/core/pods/a/x', stored.revision),
        context.store.create('/core/pods/a/x', '6'),
      ]);
      expect([late.status, wins.status]).toEqual(['fulfilled', 'fulfilled']);
      expect((await context.store.get('/core/pods/a/x'))?.data).toBe('6');
    });

    test('no update is lost between stores', async () => {
      const stores = [context.store, await context.another()];
      await context.store.create('/core/pods/a/counter', '0');
      await Promise.all(
        Array.from({ length: 8 }, async (_, i) => {
          for (let n = 0; n < 10; n++) await increment(stores[i % 2]!, '/core/pods/a/counter');
        }),
      );
      expect((await context.store.get('/core/pods/a/counter'))?.data).toBe('80');
    });

    test('reads after an acknowledged write see it, in any store', async () => {
      const other = await context.another();
      for (let i = 0; i < 20; i++) {
        const { revision } = await context.store.create(`/core/pods/a/${i}`, '1');
        expect(await other.currentRevision()).toBeGreaterThanOrEqual(revision);
        expect((await other.list('/core/pods/')).items).toHaveLength(i + 1);
      }
    });
  });
}
