import type { ObjectStore, StoreEvent } from '../object-store.ts';

type State = Map<string, { revision: number; createRevision: number; data: string }>;

/** Records what the log must say, write by write. */
export class Model {
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

/** Creates, updates and deletes over a few keys, chosen by a fixed sequence. */
export async function history(store: ObjectStore, length: number): Promise<Model> {
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
