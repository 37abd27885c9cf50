import { CompactedError, FutureRevisionError } from '../object-store.ts';
import { type Context, collect } from './context.ts';
import { history } from './model.ts';

export function watches(context: Context): void {
  describe('watches', () => {
    test('from every revision, also after compaction', async () => {
      const model = await history(context.store, 40);
      const newest = await context.store.currentRevision();
      const check = async (from: number, prefix: string) => {
        const wanted = model.events.filter((event) => event.revision > from && event.key.startsWith(prefix));
        const { events } = await collect(context.store, prefix, from, (_, revision) => revision >= newest);
        expect(events).toEqual(wanted);
      };
      const revisions = [...model.states.keys()].slice(0, -1);
      for (const revision of revisions) await check(revision, '/core/pods/ns-1/');
      const floor = revisions[25]!;
      await context.store.compact(floor);
      for (const revision of revisions) {
        if (revision >= floor) await check(revision, '/');
        else await expect(collect(context.store, '/', revision, () => true)).rejects.toThrow(CompactedError);
      }
    });

    test('compaction keeps objects, does not go back, and refuses the future', async () => {
      const model = await history(context.store, 30);
      const newest = await context.store.currentRevision();
      await context.store.compact(newest);
      await context.store.compact(newest - 10);
      expect(await context.store.compactedRevision()).toBe(newest);
      expect((await context.store.list('/')).items).toEqual(model.at(newest, '/'));
      await expect(context.store.compact(newest + 1)).rejects.toThrow(FutureRevisionError);
      // Events that replace what is no longer in the log still know the text before.
      const [first] = (await context.store.list('/')).items;
      const updated = await context.store.update(first!.key, first!.revision, '"new"');
      const { events } = await collect(context.store, '/', newest, (got) => got.length > 0);
      expect(events).toEqual([
        { type: 'MODIFIED', key: first!.key, revision: updated.revision, data: '"new"', previous: first!.data },
      ]);
      expect((await context.store.list('/', { revision: newest })).items).toEqual(model.at(newest, '/'));
    });

    test('live, and progress without events', async () => {
      const from = await context.store.currentRevision();
      const quiet = collect(context.store, '/core/secrets/', from, (_, revision) => revision >= from + 3);
      const busy = collect(context.store, '/core/pods/', from, (events) => events.length === 3);
      for (let i = 0; i < 3; i++) await context.store.create(`/core/pods/a/${i}`, `${i}`);
      expect((await busy).events.map((event) => event.data)).toEqual(['0', '1', '2']);
      expect((await quiet).events).toEqual([]);
    });

    test('ends with its signal and with the store', async () => {
      const stop = new AbortController();
      const from = await context.store.currentRevision();
      const ended = (async () => {
        for await (const _ of context.store.watch('/', from, stop.signal));
      })();
      setTimeout(() => stop.abort(), 20);
      await ended;
      const other = await context.another();
      const closed = (async () => {
        for await (const _ of other.watch('/', from, new AbortController().signal));
      })();
      setTimeout(() => void other.close(), 20);
      await closed;
    });

    test('a slow reader gets everything', async () => {
      const from = await context.store.currentRevision();
      const stop = new AbortController();
      const reader = context.store.watch('/', from, stop.signal)[Symbol.asyncIterator]();
      const first = reader.next();
      for (let round = 0; round < 6; round++)
        await Promise.all(Array.from({ length: 2000 }, (_, i) => context.store.create(`/core/pods/a/${round}-${i}`, '1')));
      let seen = (await first).value!.events.length;
      let last = 0;
      while (seen < 12_000) {
        for (const event of (await reader.next()).value!.events) {
          expect(event.revision).toBeGreaterThan(last);
          last = event.revision;
          seen++;
        }
      }
      stop.abort();
      expect(seen).toBe(12_000);
    }, 60_000);
  });
}
