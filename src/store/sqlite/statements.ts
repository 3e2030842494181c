/**
 * Every SQL statement this library runs, and the schema with its migrations.
 *
 * Reads  nothing.   Used by  open.ts, packed.ts, sqlite-store.ts.
 * Rule   the schema is public API: a change is a new migration at the end of MIGRATIONS, never an edit of an old one.
 * Truth  is `entries`. `head` can be recomputed but for its signature; `nodes` and `postings` are derived.
 * @module
 */

/** "CMRK", in the file's header: tells our files from other SQLite databases. */
export const APPLICATION_ID = 0x434d524b;

/** Entry i brings a file from `user_version` i to i + 1. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE entries (
    idx INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE nodes (
    idx INTEGER PRIMARY KEY,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE TABLE postings (
    subject TEXT NOT NULL,
    entry INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (subject, entry)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    record_time_ms INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL,
    subtrees BLOB NOT NULL,
    checkpoint TEXT NOT NULL
  ) STRICT;
  CREATE TABLE flags (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  `,
];

/**
 * Settings of every connection. `fullfsync` matters on macOS only, where a plain fsync does not reach the disk. The write-ahead log is
 * copied back at 64 MiB, where it is cut to anyway: a commit of a thousand statements touches some two thousand pages all over the index,
 * most of them again in the next, and each copying costs two more syncs.
 */
export const CONNECTION_PRAGMAS: readonly string[] = [
  'synchronous = FULL',
  'fullfsync = ON',
  'checkpoint_fullfsync = ON',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  'cache_size = -32768',
  'journal_size_limit = 67108864',
  'wal_autocheckpoint = 16384',
];

export const BEGIN = 'BEGIN IMMEDIATE';
export const BEGIN_READING = 'BEGIN DEFERRED';
export const COMMIT = 'COMMIT';
export const ROLLBACK = 'ROLLBACK';

/** Differs from what it was when another connection has committed since. */
export const DATA_VERSION = 'PRAGMA data_version';
export const READ_SIZE = 'SELECT size FROM head WHERE id = 1';

/** Oversized cells (only tampering makes them) come back empty, unread: a damaged file must not exhaust memory. */
export const READ_HEAD = `
  SELECT size, record_time_ms, leaf_hash,
    iif(length(subtrees) <= 2048, subtrees, x'') AS subtrees,
    iif(length(checkpoint) <= 100000, checkpoint, '') AS checkpoint
  FROM head WHERE id = 1`;

export const WRITE_HEAD = `
  INSERT INTO head (id, size, record_time_ms, leaf_hash, subtrees, checkpoint) VALUES (1, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET size = excluded.size, record_time_ms = excluded.record_time_ms,
    leaf_hash = excluded.leaf_hash, subtrees = excluded.subtrees, checkpoint = excluded.checkpoint`;

export const READ_ENTRIES = `
  SELECT idx, iif(length(bytes) <= 65535, bytes, x'') AS bytes
  FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?`;
export const READ_ENTRY = `SELECT iif(length(bytes) <= 65535, bytes, x'') FROM entries WHERE idx = ?`;
/** So many entries as one row, in the order asked; null for what is not there. */
export const READ_ENTRIES_AT = (count: number): string => {
  const entry = `(${READ_ENTRY})`;
  return `SELECT ${Array<string>(count).fill(entry).join(', ')}`;
};
export const WRITE_ENTRY = 'INSERT INTO entries (idx, bytes) VALUES (?, ?)';

export const READ_NODE = `SELECT iif(length(hash) <= 32, hash, x'') FROM nodes WHERE idx = ?`;
/** So many nodes as one blob, in the order asked; null unless all are there and whole. */
export const READ_NODES_AT = (count: number): string => {
  const node = '(SELECT iif(length(hash) = 32, hash, NULL) FROM nodes WHERE idx = ?)';
  return `SELECT CAST(${Array<string>(count).fill(node).join(' || ')} AS BLOB)`;
};
export const READ_NODES = `
  SELECT idx, iif(length(hash) <= 32, hash, x'') FROM nodes WHERE idx >= ? AND idx <= ? ORDER BY idx`;
export const WRITE_NODE = 'INSERT INTO nodes (idx, hash) VALUES (?, ?)';
export const COUNT_NODES = 'SELECT count(*) FROM nodes';
export const DELETE_NODES = 'DELETE FROM nodes';

export const READ_POSTINGS =
  'SELECT entry, count FROM postings WHERE subject = ? AND entry >= ? AND entry < ? ORDER BY entry';
export const WRITE_POSTING = 'INSERT INTO postings (subject, entry, count) VALUES (?, ?, ?)';
export const COUNT_POSTINGS = 'SELECT count(*) FROM postings';
export const DELETE_POSTINGS = 'DELETE FROM postings';
export const SCAN_POSTINGS_FIRST =
  'SELECT subject, entry, count FROM postings ORDER BY subject, entry LIMIT ?';
export const SCAN_POSTINGS_AFTER = `
  SELECT subject, entry, count FROM postings WHERE (subject, entry) > (?, ?) ORDER BY subject, entry LIMIT ?`;

/**
 * Many rows as one value, which costs far less than many values. Rows come in the order of the inner query: SQLite does not promise
 * that, but this version of it, which package.json names, has no other way; and an audit would see another order as damage.
 */
export const READ_ENTRY_RUN = `
  SELECT count(*), min(idx), max(idx), group_concat(length(bytes)), CAST(group_concat(bytes, '') AS BLOB)
  FROM (SELECT idx, iif(length(bytes) <= 65535, bytes, x'') AS bytes
    FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx)`;
export const READ_NODE_RUN = `
  SELECT count(*), min(length(hash)), max(length(hash)), CAST(group_concat(hash, '') AS BLOB)
  FROM (SELECT hash FROM nodes WHERE idx >= ? AND idx < ? ORDER BY idx)`;
/** Postings between two of them, the first excluded and the last included; the first or the last of all where there is none. */
export function packedPostings(hasFirst: boolean, hasLast: boolean): string {
  const first = hasFirst ? '(subject, entry) > (?, ?)' : 'TRUE';
  const last = hasLast ? '(subject, entry) <= (?, ?)' : 'TRUE';
  return `SELECT count(*), max(entry),
    CAST(group_concat(octet_length(subject) || ' ' || entry || ' ' || count || ' ' || subject, '') AS BLOB)
    FROM postings WHERE ${first} AND ${last}`;
}
/** Where a page of so many postings ends. */
export const END_OF_POSTINGS_FIRST =
  'SELECT subject, entry FROM postings ORDER BY subject, entry LIMIT 1 OFFSET ?';
export const END_OF_POSTINGS_AFTER = `
  SELECT subject, entry FROM postings WHERE (subject, entry) > (?, ?) ORDER BY subject, entry LIMIT 1 OFFSET ?`;

export const READ_FLAG = 'SELECT value FROM flags WHERE name = ?';
export const WRITE_FLAG = `
  INSERT INTO flags (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
export const COUNT_FLAG = `
  INSERT INTO flags (name, value) VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`;
export const DELETE_FLAG = 'DELETE FROM flags WHERE name = ?';
