import {
  type ListOptions,
  type ListResult,
  type ObjectStore,
  RevisionConflictError,
  type StoredObject,
  type StoreEvent,
} from '../object-store.ts';

/** How texts are kept: encrypted, for instance. Both directions are told the key, so that a text is of use under its own key only. */
export interface TextTransformer {
  write(key: string, text: string): string;
  /** @throws Error when the kept text cannot be read */
  read(key: string, kept: string): string;
  /** Whether a kept text would be written otherwise now. */
  isStale(key: string, kept: string): boolean;
}

const PAGE = 500;

/** A store whose texts are kept in another form. What is below sees only that form, what is above only the texts. */
export class TransformedStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #transformer: TextTransformer;

  constructor(inner: ObjectStore, transformer: TextTransformer) {
    this.#inner = inner;
    this.#transformer = transformer;
  }

  currentRevision(): Promise<number> {
    return this.#inner.currentRevision();
  }

  compactedRevision(): Promise<number> {
    return this.#inner.compactedRevision();
  }

  async get(key: string): Promise<StoredObject | undefined> {
    return this.#shown(await this.#inner.get(key));
  }

  async list(prefix: string, options?: ListOptions): Promise<ListResult> {
    const { items, ...rest } = await this.#inner.list(prefix, options);
    return { ...rest, items: items.map((item) => this.#shown(item)) };
  }

  async create(key: string, data: string): Promise<StoredObject> {
    return { ...(await this.#inner.create(key, this.#transformer.write(key, data))), data };
  }

  async update(key: string, expected: number, data: string): Promise<StoredObject> {
    const kept = this.#transformer.write(key, data);
    return { ...(await this.#conflicting(this.#inner.update(key, expected, kept))), data };
  }

  delete(key: string, expected: number, data?: string): Promise<number> {
    const kept = data === undefined ? undefined : this.#transformer.write(key, data);
    return this.#conflicting(this.#inner.delete(key, expected, kept));
  }

  async *watch(
    prefix: string,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<{ events: StoreEvent[]; revision: number }, void, undefined> {
    for await (const { events, revision } of this.#inner.watch(prefix, from, signal))
      yield { events: events.map((event) => this.#event(event)), revision };
  }

  compact(revision: number): Promise<void> {
    return this.#inner.compact(revision);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /**
   * Writes anew what is kept in a form of before, a page at a time; what changes meanwhile is written by whoever changes it.
   * @returns how many texts were written
   */
  async rewriteStale(prefix: string, signal: AbortSignal): Promise<number> {
    let written = 0;
    for (let after: string | undefined; !signal.aborted; ) {
      const { items, remaining } = await this.#inner.list(prefix, { limit: PAGE, after });
      for (const { key, revision, data } of items) {
        if (signal.aborted || !this.#transformer.isStale(key, data)) continue;
        try {
          await this.#inner.update(key, revision, this.#transformer.write(key, this.#transformer.read(key, data)));
          written++;
        } catch (error) {
          if (!(error instanceof RevisionConflictError)) throw error;
        }
      }
      after = items.at(-1)?.key;
      if (remaining === 0 || after === undefined) break;
    }
    return written;
  }

  #shown<T extends StoredObject | undefined>(stored: T): T {
    return stored && { ...stored, data: this.#transformer.read(stored.key, stored.data) };
  }

  #event(event: StoreEvent): StoreEvent {
    const { key, data, previous } = event;
    const shown = { ...event, data: this.#transformer.read(key, data) };
    return previous === undefined ? shown : { ...shown, previous: this.#transformer.read(key, previous) };
  }

  async #conflicting<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
      throw new RevisionConflictError(error.key, error.expected, this.#shown(error.current));
    }
  }
}
