import type { WriteRequest } from './write-request.ts';

/** Needs `standard_conforming_strings = on`, which every writing session sets. Texts with NUL are refused before they come here. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

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

/**
 * Settings of a writing session. Few rows against a table of any size: always by index, whatever the statistics say, and planned once.
 */
export const WRITER_SETUP =
  'SET standard_conforming_strings = on; SET synchronous_commit = on; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan';

const array = (items: readonly string[], type: string): string => `ARRAY[${items.join(',')}]::${type}[]`;

/**
 * A batch of writes, each key at most once, as one simple query (one round trip, one transaction): the function store_write (schema.ts)
 * locks the counter; decides, numbers and applies every write; wakes the listeners.
 *
 * The lock comes in a statement of its own because a statement sees the state of its start: only what starts after the lock was granted
 * sees what the previous holder committed. A write that may not happen takes no revision and touches nothing, so it cannot fail its neighbours.
 * The batch leaves its mark; a writer that has none (any more) writes nothing, see outcome.ts.
 */
export function batchSql(requests: readonly WriteRequest[], { writer, batch }: BatchMark): string {
  const ops = requests.map(({ op }) => `'${op}'`);
  const keys = requests.map(({ key }) => literal(key));
  const expectations = requests.map(({ expected }) => String(expected));
  const texts = requests.map(({ data }) => (data === undefined ? 'NULL' : literal(data)));
  const columns = [array(ops, 'text'), array(keys, 'text'), array(expectations, 'bigint'), array(texts, 'text')];
  return `SELECT * FROM store_write('${writer}', ${batch}, ${columns.join(', ')})`;
}
