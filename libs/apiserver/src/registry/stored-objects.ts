import { type AnyObject, notFound, type ResourceDefinition } from '@windlass/meta';
import { type ObjectStore, RevisionConflictError, type WatchCache } from '@windlass/store';
import { decodeStored, keyOf, showStored } from '../definitions.ts';
import { stamp, storedText } from './encode.ts';

export interface Current {
  object: AnyObject;
  revision: number;
}

/** Stored objects as a definition shows them, and writes that tell a lost race from a failure. */
export class StoredObjects {
  readonly #store: ObjectStore;
  readonly #cache: WatchCache;

  constructor(store: ObjectStore, cache: WatchCache) {
    this.#store = store;
    this.#cache = cache;
  }

  /** Straight from the store. @throws StatusError 404 */
  async current(definition: ResourceDefinition, namespace: string, name: string): Promise<Current> {
    const stored = await this.#store.get(keyOf(definition, namespace, name));
    if (!stored) throw notFound({ group: definition.group, resource: definition.names.plural }, name);
    return this.decode(definition, stored.data, stored.revision);
  }

  /** From the watch cache, which may be a moment behind: a write based on it fails with a conflict and is tried again with the store's. */
  cached(definition: ResourceDefinition, namespace: string, name: string): Current | undefined {
    if (definition.storedAs?.convert) return undefined;
    const found = this.#cache.get(keyOf(definition, namespace, name));
    return found && { object: stamp(definition, decodeStored(definition, found.clone())), revision: found.revision };
  }

  /** The stored object when it is newer than `seen`. @throws StatusError 404 when it is gone */
  async newer(definition: ResourceDefinition, namespace: string, name: string, seen: Current): Promise<Current | undefined> {
    const newest = await this.current(definition, namespace, name);
    return newest.revision === seen.revision ? undefined : newest;
  }

  async decode(definition: ResourceDefinition, data: string, revision: number): Promise<Current> {
    const [shown] = await showStored(definition, [JSON.parse(data) as AnyObject]);
    const object = stamp(definition, shown!);
    object.metadata.resourceVersion = String(revision);
    return { object, revision };
  }

  /** Replaces what the caller has read at `revision`, and sets the object's resourceVersion. @returns false when another write was first */
  async replace(definition: ResourceDefinition, key: string, revision: number, object: AnyObject): Promise<boolean> {
    const data = await storedText(definition, object);
    return this.#won(object, async () => (await this.#store.update(key, revision, data)).revision);
  }

  /** Removes what the caller has read at `revision`; watchers see `last`. @returns false when another write was first */
  async remove(definition: ResourceDefinition, key: string, revision: number, last: AnyObject): Promise<boolean> {
    const data = await storedText(definition, last);
    return this.#won(last, () => this.#store.delete(key, revision, data));
  }

  async #won(object: AnyObject, write: () => Promise<number>): Promise<boolean> {
    try {
      object.metadata.resourceVersion = String(await write());
      return true;
    } catch (error) {
      if (error instanceof RevisionConflictError) return false;
      throw error;
    }
  }
}
