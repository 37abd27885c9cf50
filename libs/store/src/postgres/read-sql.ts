/** First text after every key that starts with `prefix`, in the order of code points; undefined when there is no bound. */
export function prefixEnd(prefix: string): string | undefined {
  const points = [...prefix];
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  // No text holds a lone surrogate.
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return next > 0x10ffff ? prefixEnd(points.join('')) : points.join('') + String.fromCodePoint(next);
}

export const STATE_SQL = 'SELECT revision, compacted FROM store_state';

export const GET_SQL = 'SELECT revision, create_revision, data FROM objects WHERE key = $1';

/** $1 inclusive lower bound, $2 exclusive upper bound ('' = none), $3 exclusive lower bound ('' = none). */
const RANGE = `key >= $1 AND ($2 = '' OR key < $2) AND ($3 = '' OR key > $3)`;

const PAGE = (source: string, count: boolean) => `
  SELECT s.revision AS at, s.compacted, p.key, p.revision, p.create_revision, p.data,
    ${count ? `(SELECT count(*) FROM (${source}) c)` : '0::bigint'} AS total
  FROM store_state s LEFT JOIN (${source} ORDER BY key LIMIT $4) p ON true ORDER BY p.key`;

const NOW = `SELECT key, revision, create_revision, data FROM objects WHERE ${RANGE}`;

/**
 * The state as of revision $5: objects not written since, and for each key written since, what its first write after $5 replaced.
 * That text is in the entry itself, or else in the log entry of the revision that it replaced.
 */
const THEN = `SELECT key, revision, create_revision, data FROM objects WHERE ${RANGE} AND revision <= $5
  UNION ALL
  SELECT l.key, l.previous_revision, l.create_revision, coalesce(l.previous, b.data)
  FROM (SELECT DISTINCT ON (key) * FROM revision_log WHERE revision > $5 AND ${RANGE} ORDER BY key, revision) l
  LEFT JOIN revision_log b ON b.revision = l.previous_revision
  WHERE l.type <> 'c'`;

/** Arguments: lower, upper, after, limit (null = all). One statement, so one snapshot: `at` is the revision at which the page is true. */
export const LIST_SQL = PAGE(NOW, false);
export const LIST_COUNT_SQL = PAGE(NOW, true);
/** The same and the revision as $5. */
export const LIST_AT_SQL = PAGE(THEN, false);
export const LIST_AT_COUNT_SQL = PAGE(THEN, true);

/**
 * Log entries after revision $1 up to `limit` ($2), with the floor and the newest revision of the same snapshot. One row with null when there
 * is none.
 */
export const LOG_SQL = `
  SELECT s.revision AS newest, s.compacted, l.revision, l.type, l.key, l.data, l.previous
  FROM store_state s LEFT JOIN (
    SELECT e.revision, e.type, e.key, e.data, coalesce(e.previous, b.data) AS previous
    FROM (SELECT * FROM revision_log WHERE revision > $1 ORDER BY revision LIMIT $2) e
    LEFT JOIN revision_log b ON b.revision = e.previous_revision) l ON true
  ORDER BY l.revision`;
