import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { BatchMark, BatchRow } from './batch-sql.ts';
import type { WriteRequest } from './write-request.ts';

/**
 * What became of a batch whose connection broke before the answer came.
 *
 * Every writing connection has a row in store_writers, in which each of its batches leaves its number in the transaction that commits it.
 * A batch writes only while that row exists. So whoever takes the counter's lock and renames the row knows for good: the number in it says
 * whether the batch was committed, and a batch that still waits somewhere on the way to the server will do nothing.
 */
export type Outcome = { committed: BatchRow[] } | 'not committed' | 'unknown';

/** Gives a new connection its row. @returns the writer's name */
export async function registerWriter(client: pg.Client): Promise<string> {
  const writer = randomUUID();
  // Rows of processes that are long gone say nothing to anyone.
  await client.query(`INSERT INTO store_writers (writer, batch, base, written) VALUES ('${writer}', 0, 0, 0);
    DELETE FROM store_writers WHERE at < now() - interval '7 days' AND writer <> '${writer}'`);
  return writer;
}

const ENTRIES_SQL = `SELECT l.revision, l.key, l.create_revision, l.previous_revision AS old_revision, coalesce(l.previous, b.data) AS old_data
  FROM revision_log l LEFT JOIN revision_log b ON b.revision = l.previous_revision
  WHERE l.revision > $1 AND l.revision <= $2`;

const CURRENT_SQL = 'SELECT key, revision AS old_revision, create_revision, data AS old_data FROM objects WHERE key = ANY($1)';

type Entry = Omit<BatchRow, 'ok' | 'marked'> & { key: string };

/** Finds out, on another connection. Rows of writes that were refused show the state of now, not of then. */
export async function outcomeOf(
  client: pg.Client,
  { writer, batch }: BatchMark,
  requests: readonly WriteRequest[],
): Promise<Outcome> {
  const results = (await client.query(
    `SELECT FROM store_state FOR UPDATE;
    UPDATE store_writers SET writer = 'ended/${writer}' WHERE writer IN ('${writer}', 'ended/${writer}') RETURNING batch, base, written`,
  )) as unknown as pg.QueryResult[];
  const mark: { batch: number; base: number; written: number } | undefined = results[1]!.rows[0];
  if (!mark) return 'unknown';
  if (mark.batch !== batch) return 'not committed';
  const { rows } = await client.query<Entry>(ENTRIES_SQL, [mark.base, mark.base + mark.written]);
  // Compacted in the meantime: committed, but no longer told what.
  if (rows.length !== mark.written) return 'unknown';
  const written = new Map(rows.map((row) => [row.key, row]));
  const refused = requests.map(({ key }) => key).filter((key) => !written.has(key));
  const now = await client.query<Entry>(CURRENT_SQL, [refused]);
  const current = new Map(now.rows.map((row) => [row.key, row]));
  const nothing = { revision: 0, old_revision: null, create_revision: null, old_data: null };
  return {
    committed: requests.map(({ key }): BatchRow => {
      const entry = written.get(key);
      return entry ? { ...entry, marked: true, ok: true } : { ...nothing, ...current.get(key), marked: true, ok: false };
    }),
  };
}
