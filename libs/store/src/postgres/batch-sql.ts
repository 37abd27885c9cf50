import { CHANNEL } from './schema.ts';
import type { WriteRequest } from './write-request.ts';

/** Needs `standard_conforming_strings = on`, which every writing session sets. Texts with NUL are refused before they come here. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const row = (request: WriteRequest, ord: number): string =>
  `(${ord},'${request.op}',${literal(request.key)},${request.expected}::bigint,${request.data === undefined ? 'NULL' : literal(request.data)})`;

/** One row of the answer, in the order of the requests. */
export interface BatchRow {
  ok: boolean;
  /** false: the writer is unknown to the database, and nothing was written. */
  marked: boolean;
  /** Revision of this write when ok. */
  revision: number;
  /** State before the write: null when there was no such key. */
  old_revision: number | null;
  create_revision: number | null;
  old_data: string | null;
}

/** Names a batch in the database. */
export interface BatchMark {
  /** The connection that writes; a name without quotes. */
  writer: string;
  batch: number;
}

/** Settings of a writing session. Few rows against a table of any size: always by index, whatever the statistics say. */
export const WRITER_SETUP =
  'SET standard_conforming_strings = on; SET synchronous_commit = on; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off';

/**
 * A batch of writes, each key at most once, as one simple query (one round trip, one transaction) of three statements:
 * lock the counter; decide, number and apply every write; wake the listeners.
 *
 * The lock comes in a statement of its own because a statement sees the state of its start: only what starts after the lock was granted
 * sees what the previous holder committed. A write that may not happen takes no revision and touches nothing, so it cannot fail its neighbours.
 * The batch leaves its mark; a writer that has none (any more) writes nothing, see outcome.ts.
 */
export function batchSql(requests: readonly WriteRequest[], { writer, batch }: BatchMark): string {
  return `SELECT FROM store_state FOR UPDATE;
WITH input(ord, op, key, expected, data) AS (VALUES ${requests.map(row).join(',\n')}),
decided AS MATERIALIZED (
  SELECT i.ord, i.op, i.key, i.data, o.revision AS old_revision, o.create_revision, o.data AS old_data,
    CASE i.op WHEN 'c' THEN o.key IS NULL ELSE coalesce(o.revision = i.expected, false) END
      AND EXISTS (SELECT FROM store_writers WHERE writer = '${writer}') AS ok
  FROM input i LEFT JOIN objects o ON o.key = i.key COLLATE "C"),
numbered AS MATERIALIZED (
  SELECT d.*, s.compacted, s.revision + sum(d.ok::int) OVER (ORDER BY d.ord) AS revision FROM decided d, store_state s),
marked AS (UPDATE store_writers SET batch = ${batch}, base = s.revision, written = (SELECT count(*) FROM decided WHERE ok), at = now()
  FROM store_state s WHERE writer = '${writer}'),
counted AS (UPDATE store_state SET revision = revision + (SELECT count(*) FROM decided WHERE ok)
  WHERE EXISTS (SELECT FROM decided WHERE ok)),
created AS (INSERT INTO objects (key, revision, create_revision, data)
  SELECT key, revision, revision, data FROM numbered WHERE ok AND op = 'c'),
updated AS (UPDATE objects o SET revision = n.revision, data = n.data FROM numbered n
  WHERE o.key = n.key COLLATE "C" AND n.ok AND n.op = 'u'),
deleted AS (DELETE FROM objects o USING numbered n WHERE o.key = n.key COLLATE "C" AND n.ok AND n.op = 'd'),
logged AS (INSERT INTO revision_log (revision, type, key, data, create_revision, previous_revision, previous)
  SELECT revision, op::"char", key, coalesce(data, old_data), coalesce(create_revision, revision), old_revision,
    CASE WHEN old_revision <= compacted THEN old_data END
  FROM numbered WHERE ok)
SELECT EXISTS (SELECT FROM store_writers WHERE writer = '${writer}') AS marked, ok, revision, old_revision, create_revision, CASE WHEN op <> 'c' THEN old_data END AS old_data FROM numbered ORDER BY ord;
SELECT pg_notify('${CHANNEL}', revision::text) FROM store_state`;
}
