import pg from 'pg';
import { StoreClosedError } from '../errors.ts';
import type { ListOptions, ListResult, ObjectStore, StoredObject, StoreEvent } from '../object-store.ts';
import { clientConfig, retrying } from './connect.ts';
import { Feed } from './feed.ts';
import { Listener } from './listener.ts';
import { Reader } from './reader.ts';
import { migrate } from './schema.ts';
import { watchFeed } from './watcher.ts';
import { GroupWriter } from './writer.ts';

export interface PostgresStoreOptions {
  /** application_name of the connections. Default `windlass`. */
  name?: string;
  /** How long reads and unsent writes wait for a database that is away. Default 30 s. */
  patienceMs?: number;
  /** How often to look for new revisions when no notification comes. Default 1 s. */
  pollMs?: number;
  /** Connections for reads, besides one for writing and one for listening. Default 4. */
  readConnections?: number;
}

/** {@link ObjectStore} on PostgreSQL 14 or newer. Any number of processes may open the same database. */
export class PostgresObjectStore implements ObjectStore {
  readonly #reader: Reader;
  readonly #writer: GroupWriter;
  readonly #feed: Feed;
  readonly #listener: Listener;
  readonly #closing = new AbortController();

  /** Connects, waiting for the database up to `patienceMs`, and brings its schema up to date. */
  static async open(url: string, options: PostgresStoreOptions = {}): Promise<PostgresObjectStore> {
    const filled = { name: 'windlass', patienceMs: 30_000, pollMs: 1000, readConnections: 4, ...options };
    await retrying(() => migrateOnce(url, filled.name), filled.patienceMs);
    const reader = new Reader(url, filled.name, filled.patienceMs, filled.readConnections);
    const { revision } = await reader.state();
    return new PostgresObjectStore(url, filled, reader, revision);
  }

  private constructor(url: string, options: Required<PostgresStoreOptions>, reader: Reader, revision: number) {
    const { name, patienceMs, pollMs } = options;
    this.#reader = reader;
    this.#feed = new Feed(revision, (from, limit) => reader.log(from, limit));
    this.#writer = new GroupWriter({ url, name, patienceMs, onCommit: (events) => this.#feed.committed(events) });
    this.#listener = new Listener({ url, name, pollMs, onRevision: (heard) => this.#feed.heard(heard) });
  }

  async currentRevision(): Promise<number> {
    return (await this.#reader.state()).revision;
  }

  async compactedRevision(): Promise<number> {
    return (await this.#reader.state()).compacted;
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#reader.get(key);
  }

  list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    return this.#reader.list(prefix, options);
  }

  create(key: string, data: string): Promise<StoredObject> {
    return this.#writer.write('c', key, 0, data);
  }

  update(key: string, expected: number, data: string): Promise<StoredObject> {
    return this.#writer.write('u', key, expected, data);
  }

  async delete(key: string, expected: number, data?: string): Promise<number> {
    return (await this.#writer.write('d', key, expected, data)).revision;
  }

  watch(prefix: string, from: number, signal: AbortSignal): AsyncIterable<{ events: StoreEvent[]; revision: number }> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    return watchFeed(this.#feed, (at, limit) => this.#patientLog(at, limit, either), prefix, from, either);
  }

  /** A watch outlives any absence of the database; only the signal ends it. */
  async #patientLog(from: number, limit: number, signal: AbortSignal) {
    for (;;) {
      try {
        return await this.#reader.log(from, limit);
      } catch (error) {
        if ((error as Error).name !== 'StoreUnavailableError' || signal.aborted) throw error;
      }
    }
  }

  async compact(revision: number): Promise<void> {
    await this.#reader.compact(revision);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new StoreClosedError());
    this.#feed.close();
    await Promise.all([this.#writer.close(), this.#listener.close()]);
    await this.#reader.close();
  }
}

async function migrateOnce(url: string, name: string): Promise<void> {
  const client = new pg.Client(clientConfig(url, `${name}/migrate`));
  client.on('error', () => {});
  try {
    await client.connect();
    await migrate(client);
  } finally {
    await client.end().catch(() => {});
  }
}
