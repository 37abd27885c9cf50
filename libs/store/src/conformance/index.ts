import type { ObjectStore } from '../object-store.ts';
import { concurrency } from './concurrency.ts';
import type { ConformanceBackend } from './context.ts';
import { lists } from './lists.ts';
import { singleKeys } from './single-keys.ts';
import { watches } from './watches.ts';

export { type ConformanceBackend, collect } from './context.ts';

/** The behaviour that every {@link ObjectStore} has. Call it in a spec file. */
export function objectStoreConformance(name: string, backend: ConformanceBackend): void {
  describe(`${name} as an object store`, () => {
    let opened: ObjectStore[] = [];
    const another = async () => {
      const store = await backend.open();
      opened.push(store);
      return store;
    };
    const context = {
      get store() {
        return opened[0]!;
      },
      another,
    };
    beforeEach(async () => {
      await backend.reset();
      opened = [];
      await another();
    });
    afterEach(() => Promise.all(opened.map((store) => store.close())));

    singleKeys(context);
    lists(context);
    watches(context);
    concurrency(context);
  });
}
