import {
  CompactedError,
  FutureRevisionError,
  KeyExistsError,
  type ObjectStore,
  RevisionConflictError,
  type StoreEvent,
} from './object-store.ts';

/** What the suite needs of an implementation. */
export interface ConformanceBackend {
  /** Empties the backend. */
  reset(): Promise<void>;
  /** A further, independent handle (as another process would have) on the same data. */
  open(): Promise<ObjectStore>;
}

type State = Map<string, { revision: number; createRevision: number; data: string }>;

/** Records what the log must say, write by write. */
class Model {
  readonly events: StoreEvent[] = [];
  readonly states = new Map<number, State>();
  #state: State = new Map();

  constructor(start: number) {
    this.states.set(start, this.#state);
  }

  add(type: StoreEvent['type'], key: string, revision: number, data: string): void {
    const before = this.#state.get(key);
    this.events.push({ type, key, revision, data, ...(type === 'ADDED' ? {} : { previous: before!.data }) });
    this.#state = new Map(this.#state);
    if (type === 'DELETED') this.#state.delete(key);
    else this.#state.set(key, { revision, createRevision: before?.createRevision ?? revision, data });
    this.states.set(revision, this.#state);
  }

  at(revision: number, prefix: string) {
    const state = this.states.get(revision)!;
    return [...state.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => ({ key, ...state.get(key)! }));
  }
}

/** Reads a watch until `until(events)`; fails when the watch ends or takes longer than 10 s. */
export async function collect(
  store: ObjectStore,
  prefix: string,
  from: number,
  until: (events: StoreEvent[], revision: number) => boolean,
): Promise<{ events: StoreEvent[]; revisions: number[] }> {
  const events: StoreEvent[] = [];
  const revisions: number[] = [];
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 10_000);
  try {
    for await (const batch of store.watch(prefix, from, stop.signal)) {
      events.push(...batch.events);
      revisions.push(batch.revision);
      if (until(events, batch.revision)) return { events, revisions };
    }
    throw new Error(`watch ended after ${events.length} events at ${revisions.at(-1)}`);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

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

/** The behaviour that every {@link ObjectStore} has. Call it in a spec file. */
export function objectStoreConformance(name: string, backend: ConformanceBackend): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    let others: ObjectStore[];
    const another = async () => {
      const other = await backend.open();
      others.push(other);
      return other;
    };

    beforeEach(async () => {
      await backend.reset();
      others = [];
      store = await backend.open();
    });
    afterEach(() => Promise.all([store, ...others].map((each) => each.close())));

    /** Creates, updates and deletes over a few keys, chosen by a fixed sequence. */
    async function history(length: number): Promise<Model> {
      const model = new Model(await store.currentRevision());
      let seed = 7;
      const random = (n: number) => {
        seed = (seed * 1103515245 + 12345) % 2 ** 31;
        return Math.floor((seed / 2 ** 31) * n);
      };
      for (let i = 0; i < length; i++) {
        const key = `/core/pods/ns-${random(3)}/p-${random(5)}`;
        const data = `{"n":${i},"text":"it's \\\\ ü"}`;
        const found = await store.get(key);
        if (!found) model.add('ADDED', key, (await store.create(key, data)).revision, data);
        else if (random(3) > 0) model.add('MODIFIED', key, (await store.update(key, found.revision, data)).revision, data);
        else model.add('DELETED', key, await store.delete(key, found.revision, data), data);
      }
      return model;
    }

    describe('single keys', () => {
      test('create, get, update, delete', async () => {
        const start = await store.currentRevision();
        const created = await store.create('/core/pods/a/x', '{"v":1}');
        expect(created).toEqual({
          key: '/core/pods/a/x',
          revision: created.revision,
          createRevision: created.revision,
          data: '{"v":1}',
        });
        expect(created.revision).toBeGreaterThan(start);
        expect(await store.get('/core/pods/a/x')).toEqual(created);
        const updated = await store.update('/core/pods/a/x', created.revision, '{"v":2}');
        expect(updated).toEqual({ ...created, revision: updated.revision, data: '{"v":2}' });
        expect(updated.revision).toBeGreaterThan(created.revision);
        const deleted = await store.delete('/core/pods/a/x', updated.revision);
        expect(deleted).toBeGreaterThan(updated.revision);
        expect(await store.get('/core/pods/a/x')).toBeUndefined();
        expect(await store.currentRevision()).toBe(deleted);
      });

      test('texts come back as they went in', async () => {
        const text = JSON.stringify({
          quote: `it's "quoted"`,
          back: '\\ \\\\',
          dollar: '$1 $$',
          uni: 'ü 漢 😀',
          control: '\u0000\n\t',
          big: 'x'.repeat(1 << 20),
        });
        await store.create("/core/pods/a/o'k", text);
        expect((await store.get("/core/pods/a/o'k"))?.data).toBe(text);
        expect((await store.list('/core/pods/')).items.map((item) => item.data)).toEqual([text]);
      });

      test('a key exists once; what is refused takes no revision', async () => {
        const { revision } = await store.create('/core/pods/a/x', '1');
        await expect(store.create('/core/pods/a/x', '2')).rejects.toThrow(KeyExistsError);
        await expect(store.update('/core/pods/a/x', revision + 100, '2')).rejects.toThrow(RevisionConflictError);
        await expect(store.update('/core/pods/a/none', 1, '2')).rejects.toThrow(RevisionConflictError);
        await expect(store.delete('/core/pods/a/none', 1)).rejects.toThrow(RevisionConflictError);
        expect(await store.currentRevision()).toBe(revision);
        expect((await store.get('/core/pods/a/x'))?.data).toBe('1');
      });

      test('a conflict tells the current object', async () => {
        const first = await store.create('/core/pods/a/x', '1');
        const second = await store.update('/core/pods/a/x', first.revision, '2');
        const conflict = await store.update('/core/pods/a/x', first.revision, '3').catch((error) => error);
        expect(conflict).toMatchObject({ name: 'RevisionConflictError', expected: first.revision, current: second });
        const deletion = await store.delete('/core/pods/a/x', first.revision).catch((error) => error);
        expect(deletion).toMatchObject({ name: 'RevisionConflictError', current: second });
        await store.delete('/core/pods/a/x', second.revision);
        const gone = await store.update('/core/pods/a/x', second.revision, '3').catch((error) => error);
        expect(gone).toMatchObject({ name: 'RevisionConflictError', current: undefined });
      });

      test('a key created again has a new creation revision', async () => {
        const first = await store.create('/core/pods/a/x', '1');
        await store.delete('/core/pods/a/x', first.revision);
        const again = await store.create('/core/pods/a/x', '2');
        expect(again.createRevision).toBe(again.revision);
      });

      test.each([
        ['empty', ''],
        ['no-slash', 'no-slash'],
        ['NUL', '/nul\0'],
        ['too long', `/${'x'.repeat(5000)}`],
      ])('refuses a bad key without harm to others: %s', async (_, key) => {
        const [bad, good] = await Promise.allSettled([store.create(key, '1'), store.create('/core/pods/a/good', '1')]);
        expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
      });
    });

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
          await store.create(key, key);
        const keys = async (prefix: string) => (await store.list(prefix)).items.map((item) => item.key);
        expect(await keys('/core/pods/a/')).toEqual(['/core/pods/a/B', '/core/pods/a/a', '/core/pods/a/z']);
        expect(await keys('/core/pods/')).toEqual([
          '/core/pods/a-b/a',
          '/core/pods/a/B',
          '/core/pods/a/a',
          '/core/pods/a/z',
          '/core/pods/b/a',
        ]);
        expect(await keys('/')).toHaveLength(7);
        expect(await store.list('/none/')).toEqual({ items: [], revision: await store.currentRevision(), remaining: 0 });
      });

      test('pages', async () => {
        for (let i = 0; i < 7; i++) await store.create(`/core/pods/a/${i}`, `${i}`);
        const first = await store.list('/core/pods/', { limit: 3 });
        expect(first.items.map((item) => item.data)).toEqual(['0', '1', '2']);
        expect(first.remaining).toBe(4);
        await store.create('/core/pods/a/31', 'later');
        const options = { limit: 3, after: first.items[2]!.key, revision: first.revision };
        const second = await store.list('/core/pods/', options);
        expect(second.items.map((item) => item.data)).toEqual(['3', '4', '5']);
        expect(second).toMatchObject({ remaining: 1, revision: first.revision });
        const third = await store.list('/core/pods/', { ...options, after: second.items[2]!.key });
        expect(third.items.map((item) => item.data)).toEqual(['6']);
        expect(third.remaining).toBe(0);
        expect((await store.list('/core/pods/', { limit: 3, after: '/core/pods/a/2' })).items.map((item) => item.data)).toEqual([
          '3',
          'later',
          '4',
        ]);
      });

      test('the state at every revision, before and after compaction', async () => {
        const model = await history(60);
        const check = async (floor: number) => {
          for (const revision of model.states.keys()) {
            if (revision < floor) await expect(store.list('/core/pods/', { revision })).rejects.toThrow(CompactedError);
            else {
              expect(await store.list('/core/pods/', { revision })).toEqual({
                items: model.at(revision, '/core/pods/'),
                revision,
                remaining: 0,
              });
              const within = model.at(revision, '/core/pods/ns-1/');
              const page = await store.list('/core/pods/ns-1/', { revision, limit: 2 });
              expect(page).toEqual({ items: within.slice(0, 2), revision, remaining: Math.max(0, within.length - 2) });
            }
          }
        };
        const revisions = [...model.states.keys()];
        await check(0);
        for (const floor of [revisions[20]!, revisions[41]!]) {
          await store.compact(floor);
          expect(await store.compactedRevision()).toBe(floor);
          await check(floor);
        }
        const newest = await store.currentRevision();
        await expect(store.list('/core/pods/', { revision: newest + 1 })).rejects.toThrow(FutureRevisionError);
      });
    });

    describe('watches', () => {
      test('from every revision, also after compaction', async () => {
        const model = await history(40);
        const newest = await store.currentRevision();
        const check = async (from: number, prefix: string) => {
          const wanted = model.events.filter((event) => event.revision > from && event.key.startsWith(prefix));
          const { events } = await collect(store, prefix, from, (_, revision) => revision >= newest);
          expect(events).toEqual(wanted);
        };
        const revisions = [...model.states.keys()].slice(0, -1);
        for (const revision of revisions) await check(revision, '/core/pods/ns-1/');
        const floor = revisions[25]!;
        await store.compact(floor);
        for (const revision of revisions) {
          if (revision >= floor) await check(revision, '/');
          else await expect(collect(store, '/', revision, () => true)).rejects.toThrow(CompactedError);
        }
      });

      test('compaction keeps objects, does not go back, and refuses the future', async () => {
        const model = await history(30);
        const newest = await store.currentRevision();
        await store.compact(newest);
        await store.compact(newest - 10);
        expect(await store.compactedRevision()).toBe(newest);
        expect((await store.list('/')).items).toEqual(model.at(newest, '/'));
        await expect(store.compact(newest + 1)).rejects.toThrow(FutureRevisionError);
        // Events that replace what is no longer in the log still know the text before.
        const [first] = (await store.list('/')).items;
        const updated = await store.update(first!.key, first!.revision, '"new"');
        const { events } = await collect(store, '/', newest, (got) => got.length > 0);
        expect(events).toEqual([
          { type: 'MODIFIED', key: first!.key, revision: updated.revision, data: '"new"', previous: first!.data },
        ]);
        expect((await store.list('/', { revision: newest })).items).toEqual(model.at(newest, '/'));
      });

      test('live, and progress without events', async () => {
        const from = await store.currentRevision();
        const quiet = collect(store, '/core/secrets/', from, (_, revision) => revision >= from + 3);
        const busy = collect(store, '/core/pods/', from, (events) => events.length === 3);
        for (let i = 0; i < 3; i++) await store.create(`/core/pods/a/${i}`, `${i}`);
        expect((await busy).events.map((event) => event.data)).toEqual(['0', '1', '2']);
        expect((await quiet).events).toEqual([]);
      });

      test('ends with its signal and with the store', async () => {
        const stop = new AbortController();
        const from = await store.currentRevision();
        const ended = (async () => {
          for await (const _ of store.watch('/', from, stop.signal));
        })();
        setTimeout(() => stop.abort(), 20);
        await ended;
        const other = await another();
        const closed = (async () => {
          for await (const _ of other.watch('/', from, new AbortController().signal));
        })();
        setTimeout(() => void other.close(), 20);
        await closed;
      });

      test('a slow reader gets everything', async () => {
        const from = await store.currentRevision();
        const stop = new AbortController();
        const reader = store.watch('/', from, stop.signal)[Symbol.asyncIterator]();
        const first = reader.next();
        for (let round = 0; round < 6; round++)
          await Promise.all(Array.from({ length: 2000 }, (_, i) => store.create(`/core/pods/a/${round}-${i}`, '1')));
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

    describe('many at once', () => {
      test('several stores, many writers: every watcher sees every event once and in order', async () => {
        const stores = [store, await another(), await another()];
        const from = await store.currentRevision();
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
        const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => store.create(`/core/pods/a/taken-${i}`, '1')));
        const results = await Promise.allSettled([
          ...taken.map(({ key }) => store.create(key, '2')),
          ...taken.map(({ key }, i) => store.update(key, i % 2 ? 999_999 : taken[i]!.revision, '3')),
          ...Array.from({ length: 20 }, (_, i) => store.create(`/core/pods/a/free-${i}`, '1')),
          ...Array.from({ length: 20 }, (_, i) => store.delete(`/core/pods/a/none-${i}`, 5)),
        ]);
        const ok = results.map(({ status }) => status === 'fulfilled');
        expect(ok.slice(0, 20)).toEqual(Array(20).fill(false));
        expect(ok.slice(20, 40)).toEqual(taken.map((_, i) => i % 2 === 0));
        expect(ok.slice(40, 60)).toEqual(Array(20).fill(true));
        expect(ok.slice(60)).toEqual(Array(20).fill(false));
      });

      test('writes of one key that are asked for together happen in their order', async () => {
        const from = await store.currentRevision();
        const results = await Promise.allSettled([
          store.create('/core/pods/a/x', '1'),
          store.create('/core/pods/a/x', '2'),
          store.update('/core/pods/a/x', from + 1, '3'),
          store.update('/core/pods/a/x', from + 1, '4'),
          store.create('/core/pods/a/y', '5'),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
        const stored = (await store.get('/core/pods/a/x'))!;
        const [late, wins] = await Promise.allSettled([
          store.delete('/core/pods/a/x', stored.revision),
          store.create('/core/pods/a/x', '6'),
        ]);
        expect([late.status, wins.status]).toEqual(['fulfilled', 'fulfilled']);
        expect((await store.get('/core/pods/a/x'))?.data).toBe('6');
      });

      test('no update is lost between stores', async () => {
        const stores = [store, await another()];
        await store.create('/core/pods/a/counter', '0');
        await Promise.all(
          Array.from({ length: 8 }, async (_, i) => {
            for (let n = 0; n < 10; n++) await increment(stores[i % 2]!, '/core/pods/a/counter');
          }),
        );
        expect((await store.get('/core/pods/a/counter'))?.data).toBe('80');
      });

      test('reads after an acknowledged write see it, in any store', async () => {
        const other = await another();
        for (let i = 0; i < 20; i++) {
          const { revision } = await store.create(`/core/pods/a/${i}`, '1');
          expect(await other.currentRevision()).toBeGreaterThanOrEqual(revision);
          expect((await other.list('/core/pods/')).items).toHaveLength(i + 1);
        }
      });
    });
  });
}
