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
