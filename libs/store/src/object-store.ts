/**
 * The ordered key-value store under the API. Every write gets a revision: a positive integer, strictly increasing in commit order
 * over the whole store, never reused, never visible out of order. Values are the object's JSON text without metadata.resourceVersion
 * (the revision is its resourceVersion).
 *
 * Keys: `/<group or "core">/<resource>/<namespace>/<name>`, or `/<group>/<resource>/<name>` for cluster scope. They sort bytewise ("C" collation).
 */
export interface StoredObject {
  key: string;
  /** Revision of the last write of this key. */
  revision: number;
  /** Revision of the write that created it. */
  createRevision: number;
  data: string;
}

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  key: string;
  revision: number;
  /** New text; for DELETED the last text before the deletion. */
  data: string;
  /** Text before this write (MODIFIED, DELETED), for selector transitions. */
  previous?: string;
}

export interface ListOptions {
  /** At most so many items; 0 or absent: all. */
  limit?: number;
  /** Exclusive lower bound: continue after this key. */
  after?: string;
  /** Read the state as of this revision; absent: newest. Throws {@link CompactedError} below the compaction floor, {@link FutureRevisionError} above the newest. */
  revision?: number;
}

export interface ListResult {
  items: StoredObject[];
  /** Revision at which the whole answer is true. */
  revision: number;
  /** Items left after this page, exact. 0 when complete. */
  remaining: number;
}

export interface ObjectStore {
  /** Newest committed revision; linearizable (asks the database). */
  currentRevision(): Promise<number>;
  /** Lowest revision from which watch and list at a revision still work. */
  compactedRevision(): Promise<number>;
  get(key: string): Promise<StoredObject | undefined>;
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  /** @throws KeyExistsError */
  create(key: string, data: string): Promise<StoredObject>;
  /** Replaces when the stored revision equals `expected`. @throws RevisionConflictError (carries the current object, or undefined when it is gone) */
  update(key: string, expected: number, data: string): Promise<StoredObject>;
  /** Deletes when the stored revision equals `expected`; `data` is the final text recorded in the log. Resolves to the deletion's revision. @throws RevisionConflictError */
  delete(key: string, expected: number, data?: string): Promise<number>;
  /**
   * All events with revision > `from` under `prefix`, in order, each once, in batches as they commit; ends when `signal` aborts.
   * Every batch also carries the revision up to which it is complete (so that progress is known without events).
   * @throws CompactedError when `from` is below the floor
   */
  watch(prefix: string, from: number, signal: AbortSignal): AsyncIterable<{ events: StoreEvent[]; revision: number }>;
  /** Drops log entries at or below `revision`. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

export class KeyExistsError extends Error {
  override name = 'KeyExistsError';
  readonly key: string;
  constructor(key: string) {
    super(`key exists: ${key}`);
    this.key = key;
  }
}

export class RevisionConflictError extends Error {
  override name = 'RevisionConflictError';
  readonly key: string;
  readonly expected: number;
  readonly current: StoredObject | undefined;
  constructor(key: string, expected: number, current: StoredObject | undefined) {
    super(`revision conflict on ${key}: expected ${expected}, found ${current?.revision ?? 'nothing'}`);
    this.key = key;
    this.expected = expected;
    this.current = current;
  }
}

export class CompactedError extends Error {
  override name = 'CompactedError';
  readonly revision: number;
  readonly floor: number;
  constructor(revision: number, floor: number) {
    super(`revision ${revision} is compacted (floor ${floor})`);
    this.revision = revision;
    this.floor = floor;
  }
}

export class FutureRevisionError extends Error {
  override name = 'FutureRevisionError';
  readonly revision: number;
  readonly newest: number;
  constructor(revision: number, newest: number) {
    super(`revision ${revision} is newer than ${newest}`);
    this.revision = revision;
    this.newest = newest;
  }
}
