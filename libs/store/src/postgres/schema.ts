import type pg from 'pg';

/** NOTIFY channel; the payload is the newest revision. Notifications stay within one database. */
export const CHANNEL = 'windlass_revision';

/**
 * One entry per schema version, never edited once released.
 *
 * `previous` in the log is filled only when the entry of the previous revision may be compacted away (see batch-sql.ts); otherwise the text
 * is read from that entry, which halves what an update writes. Texts stay uncompressed and, up to a page, in the row: compressing costs
 * more than it saves here.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE objects (
    key text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL,
    create_revision bigint NOT NULL,
    data text NOT NULL
  ) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.2);
  ALTER TABLE objects ALTER COLUMN data SET STORAGE EXTERNAL;

  CREATE TABLE revision_log (
    revision bigint PRIMARY KEY,
    type "char" NOT NULL CHECK (type IN ('c', 'u', 'd')),
    key text COLLATE "C" NOT NULL,
    data text NOT NULL,
    create_revision bigint NOT NULL,
    previous_revision bigint,
    previous text
  ) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.1);
  ALTER TABLE revision_log ALTER COLUMN data SET STORAGE EXTERNAL, ALTER COLUMN previous SET STORAGE EXTERNAL;

  CREATE TABLE store_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL,
    compacted bigint NOT NULL
  ) WITH (fillfactor = 10);
  INSERT INTO store_state (revision, compacted) VALUES (1, 0);
  `,
  // The last batch of every writing connection: tells after a crash whether it was committed (outcome.ts).
  `
  CREATE TABLE store_writers (
    writer text PRIMARY KEY,
    batch bigint NOT NULL,
    base bigint NOT NULL,
    written int NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 10);
  `,
  // The write path (batch-sql.ts). A function, since its plans are kept by the connection: planning took most of a write's time.
  `
  CREATE FUNCTION store_write(this_writer text, this_batch bigint, ops text[], keys text[], expectations bigint[], texts text[])
  RETURNS TABLE (marked boolean, ok boolean, revision bigint, old_revision bigint, create_revision bigint, old_data text)
  LANGUAGE plpgsql VOLATILE AS $write$
  #variable_conflict use_column
  BEGIN
    PERFORM 1 FROM store_state FOR UPDATE;
    RETURN QUERY
    WITH input AS (
      SELECT * FROM unnest(ops, keys, expectations, texts) WITH ORDINALITY AS given(op, key, expected, data, ord)),
    decided AS MATERIALIZED (
      SELECT i.ord, i.op, i.key, i.data, o.revision AS old_revision, o.create_revision, o.data AS old_data,
        CASE i.op WHEN 'c' THEN o.key IS NULL ELSE coalesce(o.revision = i.expected, false) END
          AND EXISTS (SELECT FROM store_writers WHERE writer = this_writer) AS ok
      FROM input i LEFT JOIN objects o ON o.key = i.key COLLATE "C"),
    numbered AS MATERIALIZED (
      SELECT d.*, s.compacted, s.revision + sum(d.ok::int) OVER (ORDER BY d.ord) AS revision FROM decided d, store_state s),
    marked AS (UPDATE store_writers SET batch = this_batch, base = s.revision, written = (SELECT count(*) FROM decided WHERE ok), at = now()
      FROM store_state s WHERE writer = this_writer),
    counted AS (UPDATE store_state SET revision = revision + (SELECT count(*) FROM decided WHERE ok)
      WHERE EXISTS (SELECT FROM decided WHERE ok)),
    created AS (INSERT INTO objects (key, revision, create_revision, data)
      SELECT n.key, n.revision, n.revision, n.data FROM numbered n WHERE n.ok AND n.op = 'c'),
    updated AS (UPDATE objects o SET revision = n.revision, data = n.data FROM numbered n
      WHERE o.key = n.key COLLATE "C" AND n.ok AND n.op = 'u'),
    deleted AS (DELETE FROM objects o USING numbered n WHERE o.key = n.key COLLATE "C" AND n.ok AND n.op = 'd'),
    logged AS (INSERT INTO revision_log (revision, type, key, data, create_revision, previous_revision, previous)
      SELECT n.revision, n.op::"char", n.key, coalesce(n.data, n.old_data), coalesce(n.create_revision, n.revision), n.old_revision,
        CASE WHEN n.old_revision <= n.compacted THEN n.old_data END
      FROM numbered n WHERE n.ok)
    SELECT EXISTS (SELECT FROM store_writers WHERE writer = this_writer), n.ok, n.revision, n.old_revision, n.create_revision,
      CASE WHEN n.op <> 'c' THEN n.old_data END
    FROM numbered n ORDER BY n.ord;
    PERFORM pg_notify('${CHANNEL}', s.revision::text) FROM store_state s;
  END $write$;
  `,
  // A new store begins above revision 1, the client's guess at a beginning: watching from there is too old, as it is in Kubernetes.
  'UPDATE store_state SET revision = 2, compacted = 2 WHERE revision = 1',
];

/** Any number, the same in every version: two servers that start together migrate one after the other. */
const ADVISORY_LOCK = 7_237_913;

/** Brings the schema to the newest version. Safe to run from many processes at once. @throws Error when a newer Windlass wrote the database */
export async function migrate(client: pg.Client, migrations: readonly string[] = MIGRATIONS): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS store_schema (version int PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query('SELECT coalesce(max(version), 0) AS version FROM store_schema');
    const at: number = rows[0].version;
    if (at > migrations.length) {
      throw new Error(
        `the database has schema version ${at}, this program knows ${migrations.length}: it was written by a newer one`,
      );
    }
    for (let version = at + 1; version <= migrations.length; version++) {
      // One simple query is one transaction.
      await client.query(`${migrations[version - 1]}; INSERT INTO store_schema (version) VALUES (${version})`);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]).catch(() => {});
  }
}
