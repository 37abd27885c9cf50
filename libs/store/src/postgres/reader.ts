import pg from 'pg';
import {
  CompactedError,
  FutureRevisionError,
  type ListOptions,
  type ListResult,
  type StoredObject,
  type StoreEvent,
} from '../object-store.ts';
import { clientConfig, retrying } from './connect.ts';
import { GET_SQL, LIST_AT_COUNT_SQL, LIST_AT_SQL, LIST_COUNT_SQL, LIST_SQL, LOG_SQL, prefixEnd, STATE_SQL } from './read-sql.ts';

export interface LogPage {
  events: StoreEvent[];
  /** Revision up to which `events` is complete. */
  revision: number;
  /** Newest revision at that moment; beyond `revision` when there is another page. */
  newest: number;
}

// biome-ignore lint/suspicious/noExplicitAny: rows of several statements
type Row = Record<string, any>;

const TYPES = { c: 'ADDED', u: 'MODIFIED', d: 'DELETED' } as const;

/** Reads; each is one statement on any connection of a pool, and is done again when the connection breaks. */
export class Reader {
  readonly #pool: pg.Pool;
  readonly #patienceMs: number;
  readonly #abort = new AbortController();

  constructor(url: string, name: string, patienceMs: number, connections: number) {
    this.#pool = new pg.Pool({ ...clientConfig(url, `${name}/reader`), max: connections, idleTimeoutMillis: 60_000 });
    // A broken idle connection leaves the pool; the next query makes another.
    this.#pool.on('error', () => {});
    this.#patienceMs = patienceMs;
  }

  async #query(name: string, text: string, values: unknown[] = []): Promise<Row[]> {
    const query = () => this.#pool.query({ name, text, values });
    return (await retrying(query, this.#patienceMs, this.#abort.signal)).rows;
  }

  async state(): Promise<{ revision: number; compacted: number }> {
    return (await this.#query('state', STATE_SQL))[0]! as { revision: number; compacted: number };
  }

  async get(key: string): Promise<StoredObject | undefined> {
    // PostgreSQL's text has no NUL, so no key has one; asking would be an error.
    if (key.includes('\0')) return undefined;
    const row = (await this.#query('get', GET_SQL, [key]))[0];
    return row && { key, revision: row.revision, createRevision: row.create_revision, data: row.data };
  }

  async list(prefix: string, { limit = 0, after = '', revision }: ListOptions): Promise<ListResult> {
    const values: unknown[] = [prefix, prefixEnd(prefix) ?? '', after, limit > 0 ? limit : null];
    const rows =
      revision === undefined
        ? await this.#query(limit > 0 ? 'list-count' : 'list', limit > 0 ? LIST_COUNT_SQL : LIST_SQL, values)
        : await this.#query(limit > 0 ? 'list-at-count' : 'list-at', limit > 0 ? LIST_AT_COUNT_SQL : LIST_AT_SQL, [
            ...values,
            revision,
          ]);
    const first = rows[0]! as { at: number; compacted: number; total: number; key: string | null };
    if (revision !== undefined && revision < first.compacted) throw new CompactedError(revision, first.compacted);
    if (revision !== undefined && revision > first.at) throw new FutureRevisionError(revision, first.at);
    const items: StoredObject[] =
      first.key === null
        ? []
        : rows.map((row) => ({ key: row.key, revision: row.revision, createRevision: row.create_revision, data: row.data }));
    return { items, revision: revision ?? first.at, remaining: limit > 0 ? first.total - items.length : 0 };
  }

  /** Events after `from`, at most `limit`. @throws CompactedError */
  async log(from: number, limit: number): Promise<LogPage> {
    const rows = await this.#query('log', LOG_SQL, [from, limit]);
    const first = rows[0]! as { newest: number; compacted: number; revision: number | null };
    if (from < first.compacted) throw new CompactedError(from, first.compacted);
    if (first.revision === null) return { events: [], revision: Math.max(first.newest, from), newest: first.newest };
    const events = rows.map((row): StoreEvent => {
      const type = TYPES[row.type as 'c' | 'u' | 'd'];
      const event: StoreEvent = { type, key: row.key, revision: row.revision, data: row.data };
      if (type !== 'ADDED') event.previous = row.previous;
      return event;
    });
    const last = events.at(-1)!.revision;
    return { events, revision: events.length < limit ? first.newest : last, newest: first.newest };
  }

  /** Raises the floor, then removes in small steps what nothing above it refers to. */
  async compact(revision: number): Promise<void> {
    const raise = `UPDATE store_state SET compacted = greatest(compacted, $1) WHERE revision >= $1 RETURNING compacted`;
    const [row] = await this.#query('', raise, [revision]);
    if (!row) throw new FutureRevisionError(revision, (await this.state()).revision);
    const floor: number = row.compacted;
    const drop = `DELETE FROM revision_log WHERE revision IN (
      SELECT l.revision FROM revision_log l WHERE l.revision > $2 AND l.revision <= $1 AND NOT EXISTS (
        SELECT FROM revision_log u WHERE u.revision > $1 AND u.previous IS NULL AND u.previous_revision = l.revision)
      ORDER BY l.revision LIMIT 5000) RETURNING revision`;
    for (let done = 0; ; ) {
      const rows = await this.#query('', drop, [floor, done]);
      if (rows.length === 0) return;
      for (const { revision } of rows) done = Math.max(done, revision);
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#pool.end();
  }
}
