import type pg from 'pg';
import { StoreClosedError, UnknownOutcomeError } from '../errors.ts';
import { KeyExistsError, RevisionConflictError, type StoredObject, type StoreEvent } from '../object-store.ts';
import { type BatchRow, batchSql, WRITER_SETUP } from './batch-sql.ts';
import { Session } from './session.ts';
import { checkWrite, takeBatch, type WriteOp, type WriteRequest } from './write-request.ts';

export interface WriterOptions {
  url: string;
  name: string;
  /** How long a write waits for the database to come back before it fails unsent. */
  patienceMs: number;
  /** The events of a commit, in order, called before the callers are answered. */
  onCommit(events: StoreEvent[]): void;
}

/** Group commit: one transaction at a time, with everything that was queued while the previous one was on its way. */
export class GroupWriter {
  readonly #options: WriterOptions;
  readonly #session: Session;
  readonly #queue: WriteRequest[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#session = new Session(options.url, `${options.name}/writer`, WRITER_SETUP);
  }

  write(op: WriteOp, key: string, expected: number, data: string | undefined): Promise<StoredObject> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new StoreClosedError();
      checkWrite(key, expected, data);
      this.#queue.push({ op, key, expected, data, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // Everything that arrives in this turn of the event loop belongs to the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = takeBatch(this.#queue);
      await this.#commit(batch).catch((error) => {
        for (const request of batch) request.reject(error);
      });
    }
    this.#draining = undefined;
  }

  async #commit(batch: WriteRequest[]): Promise<void> {
    const client = await this.#session.client(this.#options.patienceMs);
    let rows: BatchRow[];
    try {
      const results = (await client.query(batchSql(batch))) as unknown as pg.QueryResult[];
      rows = results[1]!.rows;
    } catch (error) {
      return this.#failed(batch, client, error);
    }
    const events: StoreEvent[] = [];
    for (const [i, row] of rows.entries()) if (row.ok) events.push(eventOf(batch[i]!, row));
    if (events.length > 0) this.#options.onCommit(events);
    for (const [i, row] of rows.entries()) answer(batch[i]!, row);
  }

  /** An ERROR rolled the transaction back and left the connection usable; anything else says nothing about the commit. */
  async #failed(batch: WriteRequest[], client: pg.Client, error: unknown): Promise<void> {
    if ((error as { severity?: string }).severity !== 'ERROR') {
      this.#session.drop(client);
      for (const request of batch) request.reject(new UnknownOutcomeError(request.key, error));
      return;
    }
    if (batch.length === 1) return batch[0]!.reject(error);
    // Find the one that the database refuses; the others are not to suffer from it.
    const middle = batch.length >> 1;
    await this.#commit(batch.slice(0, middle));
    await this.#commit(batch.slice(middle));
  }

  /** Finishes what is queued, then closes the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
    await this.#session.close();
  }
}

const TYPES = { c: 'ADDED', u: 'MODIFIED', d: 'DELETED' } as const;

const eventOf = ({ op, key, data }: WriteRequest, row: BatchRow): StoreEvent => ({
  type: TYPES[op],
  key,
  revision: row.revision,
  data: data ?? row.old_data!,
  ...(op === 'c' ? {} : { previous: row.old_data! }),
});

function answer({ op, key, expected, data, resolve, reject }: WriteRequest, row: BatchRow): void {
  const before =
    row.old_revision === null
      ? undefined
      : { key, revision: row.old_revision, createRevision: row.create_revision!, data: row.old_data! };
  if (row.ok) {
    const createRevision = row.create_revision ?? row.revision;
    resolve({ key, revision: row.revision, createRevision, data: data ?? row.old_data! });
  } else if (op === 'c') reject(new KeyExistsError(key));
  else reject(new RevisionConflictError(key, expected, before));
}
