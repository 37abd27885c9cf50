import type { KubeObject } from '@windlass/meta';

/** `namespace/name`, or `name` for cluster scope. */
export const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : (metadata.name as string);

/** Inverse of {@link keyOf}. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The values under which an object is found in an index. */
export type Indexer<T> = (object: T) => readonly string[];

/** Indexes that controllers share. */
export const byNamespace: Indexer<KubeObject> = ({ metadata }) => (metadata.namespace ? [metadata.namespace] : []);
export const byControllerUid: Indexer<KubeObject> = ({ metadata }) => {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  return owner ? [owner.uid] : [];
};
export const byOwnerUid: Indexer<KubeObject> = ({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [];

/** What readers see of a cache. Objects are shared: never change one, copy it. */
export interface Lister<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): T[];
  /** Objects whose index function yields `value`. @throws Error for an index that was not added */
  byIndex(index: string, value: string): T[];
  inNamespace(namespace: string): T[];
  readonly size: number;
}

/** Objects by key with secondary indexes. Only the informer writes it. */
export class IndexedStore<T extends KubeObject> implements Lister<T> {
  readonly #items = new Map<string, T>();
  readonly #indexes = new Map<string, { of: Indexer<T>; entries: Map<string, Map<string, T>> }>();

  constructor(indexers: Record<string, Indexer<T>> = {}) {
    this.addIndex('namespace', byNamespace as Indexer<T>);
    for (const [name, of] of Object.entries(indexers)) this.addIndex(name, of);
  }

  /** Adds an index over what is there and what comes. A second index of the same name is ignored. */
  addIndex(name: string, of: Indexer<T>): void {
    if (this.#indexes.has(name)) return;
    const index = { of, entries: new Map<string, Map<string, T>>() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#items) insert(index.entries, of(object), key, object);
  }

  get size(): number {
    return this.#items.size;
  }
  get(key: string): T | undefined {
    return this.#items.get(key);
  }
  list(): T[] {
    return [...this.#items.values()];
  }
  keys(): string[] {
    return [...this.#items.keys()];
  }
  inNamespace(namespace: string): T[] {
    return this.byIndex('namespace', namespace);
  }
  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`no index ${name}`);
    const found = index.entries.get(value);
    return found ? [...found.values()] : [];
  }

  set(key: string, object: T): T | undefined {
    const old = this.#items.get(key);
    this.#items.set(key, object);
    for (const { of, entries } of this.#indexes.values()) {
      if (old) remove(entries, of(old), key);
      insert(entries, of(object), key, object);
    }
    return old;
  }
  delete(key: string): T | undefined {
    const old = this.#items.get(key);
    if (!old) return undefined;
    this.#items.delete(key);
    for (const { of, entries } of this.#indexes.values()) remove(entries, of(old), key);
    return old;
  }
}

type Entries<T> = Map<string, Map<string, T>>;

function insert<T>(entries: Entries<T>, values: readonly string[], key: string, object: T): void {
  for (const value of values) {
    const bucket = entries.get(value);
    if (bucket) bucket.set(key, object);
    else entries.set(value, new Map([[key, object]]));
  }
}

function remove<T>(entries: Entries<T>, values: readonly string[], key: string): void {
  for (const value of values) {
    const bucket = entries.get(value);
    if (bucket?.delete(key) && bucket.size === 0) entries.delete(value);
  }
}
