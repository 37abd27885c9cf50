import { counter, secondsHistogram, traced } from '@windlass/platform';
import type pg from 'pg';
import { StoreClosedError, UnknownOutcomeError } from '../errors.ts';
import { KeyExistsError, RevisionConflictError, type StoredObject, type StoreEvent } from '../object-store.ts';
import { type BatchMark, type BatchRow, batchSql, WRITER_SETUP } from './batch-sql.ts';
import { isConnectionError } from './connect.ts';
import { outcomeOf, registerWriter } from './outcome.ts';
import { Session } from './session.ts';
import { checkWrite, takeBatch, type WriteOp, type WriteRequest } from './write-request.ts';

const batchTime = secondsHistogram('store_write_batch_duration_seconds', 'Time of one group commit');
const batchWrites = counter('store_writes_total', 'Writes sent to the database');

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
  /** The name of each connection in the database. */
  readonly #writers = new WeakMap<pg.Client, string>();
  #batch = 0;
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
      const startedAt = performance.now();
      await traced('store commit', { writes: batch.length }, () => this.#commitOrReject(batch));
      batchTime((performance.now() - startedAt) / 1000);
      batchWrites(batch.length);
    }
    this.#draining = undefined;
  }

  async #commit(requests: WriteRequest[]): Promise<void> {
    let rows: BatchRow[];
    try {
      rows = await this.#rows(requests);
    } catch (error) {
      if ((error as { severity?: string }).severity !== 'ERROR' || requests.length === 1) throw error;
      // Find the one that the database refuses; the others are not to suffer from it.
      const middle = requests.length >> 1;
      await this.#commitOrReject(requests.slice(0, middle));
      await this.#commitOrReject(requests.slice(middle));
      return;
    }
    const events: StoreEvent[] = [];
    for (const [i, row] of rows.entries()) if (row.ok) events.push(eventOf(requests[i]!, row));
    if (events.length > 0) this.#options.onCommit(events);
    for (const [i, row] of rows.entries()) answer(requests[i]!, row);
  }

  #commitOrReject(requests: WriteRequest[]): Promise<void> {
    return this.#commit(requests).catch((error) => {
      const unknown = error instanceof UnknownOutcomeError;
      for (const request of requests) request.reject(unknown ? new UnknownOutcomeError(request.key, error.cause) : error);
    });
  }

  /**
   * Commits once, over as many connections as it takes: when one breaks, the next first finds out whether the batch was committed.
   * @throws UnknownOutcomeError when that cannot be found out in time, StoreUnavailableError when nothing was sent
   */
  async #rows(requests: WriteRequest[]): Promise<BatchRow[]> {
    const deadline = Date.now() + this.#options.patienceMs;
    let pending: BatchMark | undefined;
    for (;;) {
      let client: pg.Client | undefined;
      let sent = false;
      try {
        client = await this.#session.client(Math.max(0, deadline - Date.now()));
        if (pending) {
          const outcome = await outcomeOf(client, pending, requests);
          if (outcome === 'unknown') throw new Error('the database does not tell');
          if (outcome !== 'not committed') return outcome.committed;
          pending = undefined;
        }
        pending = { writer: await this.#writerOf(client), batch: ++this.#batch };
        sent = true;
        const { rows } = await client.query<BatchRow>(batchSql(requests, pending));
        if (rows[0]!.marked) return rows;
        // Someone has removed our row, so nothing was written.
        this.#writers.delete(client);
        pending = undefined;
      } catch (error) {
        // An ERROR rolled the transaction back and left the connection usable.
        if (sent && (error as { severity?: string }).severity === 'ERROR') throw error;
        if (client) this.#session.drop(client);
        if (client && Date.now() < deadline && isConnectionError(error)) continue;
        throw pending ? new UnknownOutcomeError(requests[0]!.key, error) : error;
      }
    }
  }

  async #writerOf(client: pg.Client): Promise<string> {
    const known = this.#writers.get(client);
    if (known) return known;
    const writer = await registerWriter(client);
    this.#writers.set(client, writer);
    return writer;
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
