/**
 * Opening and creating a log's SQLite file, so that no state comes to be by accident and none is half made.
 *
 * Reads  statements.ts.   Used by  sqlite-store.ts.
 * Rules  a file is created only on request, complete under another name first, then linked into place: two creators cannot
 *        both win and a crash leaves no half-made log. A foreign file is recognised before anything is written to it.
 * Never  opens a database whose application id or version is not ours.
 * @module
 */
import Database from 'better-sqlite3';
import { constants, copyFileSync, existsSync, linkSync, rmSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { StoreError, argumentRangeError, argumentTypeError, errorCode } from '../../errors.ts';
import { assertInteger, assertOptions, assertString } from '../../bytes/index.ts';
import { corrupt, storeFailure } from './failure.ts';
import { APPLICATION_ID, BEGIN, COMMIT, CONNECTION_PRAGMAS, MIGRATIONS } from './statements.ts';

/** How long a write waits for another process's commit before ERR_STORE_BUSY, unless the caller says otherwise. */
export const BUSY_TIMEOUT_MS = 5000;
const BUSY_TIMEOUT_MAX_MS = 600_000;

/** How to open a file. */
export interface SqliteOptions {
  /** Make a new, empty log; refused where a file exists. Default false: a missing file is an error. */
  readonly create?: boolean;
  /** Open for reading only: every write is refused. Default false. */
  readonly readonly?: boolean;
  /**
   * How long a write waits for another process's commit before ERR_STORE_BUSY, 0 .. 600,000 ms; default 5,000.
   * The wait blocks the thread, as every call of this store does.
   */
  readonly busyTimeoutMs?: number;
}

/**
 * Checks path and options of an opening; unknown option names are refused.
 *
 * @returns the absolute path, which the driver can take neither for a URI nor for a temporary database.
 */
export function assertOpenArguments(path: string, options: SqliteOptions): string {
  assertString('path', path, 4096);
  if (path === '' || path === ':memory:' || path.includes('\0') || path.trim() !== path) {
    throw argumentRangeError(
      'path',
      'the path of a file (for a log in memory use MemoryStore)',
      JSON.stringify(path),
    );
  }
  assertOptions('options', options, ['create', 'readonly', 'busyTimeoutMs']);
  for (const name of ['create', 'readonly'] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== 'boolean') throw argumentTypeError(name, 'a boolean', value);
  }
  if (options.create === true && options.readonly === true) {
    throw argumentRangeError('options', 'create or readonly', 'both');
  }
  if (options.busyTimeoutMs !== undefined) {
    assertInteger('busyTimeoutMs', options.busyTimeoutMs, 0, BUSY_TIMEOUT_MAX_MS);
  }
  return resolve(path);
}

/**
 * A connection to an existing log.
 *
 * @throws {StoreError} `ERR_STORE_MISSING`, `ERR_STORE_CORRUPT` (not a log of this library, or of a newer version),
 *   `ERR_STORE_BUSY`, `ERR_STORE_IO`.
 */
export function openDatabase(
  path: string,
  { readonly = false, busyTimeoutMs: timeout = BUSY_TIMEOUT_MS }: SqliteOptions = {},
): Database.Database {
  const status = statusOf(path);
  if (status === undefined) {
    throw new StoreError(
      'ERR_STORE_MISSING',
      "couldn't open the log: no such file (pass create to make one)",
    );
  }
  if (!status.isFile()) throw corrupt("couldn't open the log: not a file");
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly, fileMustExist: true, timeout });
    assertOurs(database);
    for (const pragma of CONNECTION_PRAGMAS) database.pragma(pragma);
    if (!readonly) {
      useWriteAheadLog(database);
      migrate(database);
    } else if (userVersion(database) !== MIGRATIONS.length) {
      throw new StoreError(
        'ERR_STORE_READONLY',
        "couldn't open the log: an older version, open it for writing once",
      );
    }
    return database;
  } catch (cause) {
    database?.close();
    throw storeFailure('open the log', cause);
  }
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw storeFailure('open the log', cause);
  }
}

/**
 * Makes an empty log at `path`, which must not exist.
 *
 * @throws {StoreError} `ERR_STORE_EXISTS` if the file, or a left-over journal of one, is there; `ERR_STORE_MISSING` if the
 *   folder is not; `ERR_STORE_IO`.
 */
export function createDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (!existsSync(path + suffix)) continue;
    const what = suffix === '' ? 'the file exists' : `a left-over ${suffix} file exists`;
    throw new StoreError('ERR_STORE_EXISTS', `couldn't create the log: ${what}`);
  }
  const draft = `${path}.new-${randomBytes(8).toString('hex')}`;
  try {
    writeEmptyLog(draft);
    moveIntoPlace(draft, path);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
  }
}

function writeEmptyLog(path: string): void {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    for (const pragma of CONNECTION_PRAGMAS) database.pragma(pragma);
    useWriteAheadLog(database);
    migrate(database);
  } catch (cause) {
    if (cause instanceof TypeError && /directory does not exist/.test(cause.message)) {
      throw new StoreError('ERR_STORE_MISSING', "couldn't create the log: no such folder", { cause });
    }
    throw storeFailure('create the log', cause);
  } finally {
    database?.close();
  }
}

function moveIntoPlace(draft: string, path: string): void {
  try {
    try {
      linkSync(draft, path);
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') throw cause;
      // A file system without hard links.
      copyFileSync(draft, path, constants.COPYFILE_EXCL);
    }
  } catch (cause) {
    const exists = errorCode(cause) === 'EEXIST';
    const message = exists ? 'the file exists' : 'the file system refused';
    const code = exists ? 'ERR_STORE_EXISTS' : 'ERR_STORE_IO';
    throw new StoreError(code, `couldn't create the log: ${message}`, { cause });
  }
}

function assertOurs(database: Database.Database): void {
  const applicationId = database.pragma('application_id', { simple: true });
  const version = userVersion(database);
  if (applicationId !== APPLICATION_ID) {
    throw corrupt("couldn't open the log: not a log of this library (wrong application id)");
  }
  if (version < 1 || version > MIGRATIONS.length) {
    const reason = version < 1 ? 'has no version' : `version ${version} is newer than this library knows`;
    throw corrupt(`couldn't open the log: its schema ${reason}`, { version, versionMax: MIGRATIONS.length });
  }
}

function userVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function useWriteAheadLog(database: Database.Database): void {
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    throw new StoreError('ERR_STORE_IO', "couldn't open the log: the file system allows no write-ahead log");
  }
}

/** Brings the schema up to date in one transaction; a file that is up to date is not written to. */
function migrate(database: Database.Database): void {
  if (userVersion(database) === MIGRATIONS.length) return;
  database.exec(BEGIN);
  for (const migration of MIGRATIONS.slice(userVersion(database))) database.exec(migration);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${MIGRATIONS.length}`);
  database.exec(COMMIT);
}
