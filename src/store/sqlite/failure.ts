/**
 * What went wrong in SQLite, in this library's words: every exception of the driver becomes a StoreError.
 *
 * Reads  errors.ts.   Used by  open.ts, sqlite-store.ts.
 * Source https://sqlite.org/rescode.html
 * @module
 */
import Database from 'better-sqlite3';
import { LedgerError, StoreError, errorCode } from '../../errors.ts';
import type { StoreErrorCode } from '../../errors.ts';

/** By the first words of SQLite's result code; anything else is an I/O error: full disk, permission, memory. */
const CODES: readonly (readonly [prefix: string, code: StoreErrorCode])[] = [
  ['SQLITE_BUSY', 'ERR_STORE_BUSY'],
  ['SQLITE_LOCKED', 'ERR_STORE_BUSY'],
  ['SQLITE_READONLY', 'ERR_STORE_READONLY'],
  ['SQLITE_CORRUPT', 'ERR_STORE_CORRUPT'],
  ['SQLITE_NOTADB', 'ERR_STORE_CORRUPT'],
  ['SQLITE_CONSTRAINT', 'ERR_STORE_CORRUPT'],
  ['SQLITE_MISMATCH', 'ERR_STORE_CORRUPT'],
  ['SQLITE_ERROR', 'ERR_STORE_CORRUPT'],
];

/**
 * The StoreError for whatever the driver threw; errors of this library and native argument errors pass unchanged.
 *
 * @param what - what failed, in the form "append", "read entries".
 */
export function storeFailure(what: string, cause: unknown): unknown {
  if (cause instanceof LedgerError) return cause;
  if (!(cause instanceof Database.SqliteError)) {
    const isOurs = errorCode(cause)?.startsWith('ERR_') === true;
    return isOurs ? cause : ioFailure(what, cause, errorCode(cause) ?? 'unexpected error');
  }
  const found = CODES.find(([prefix]) => cause.code.startsWith(prefix));
  if (found === undefined) return ioFailure(what, cause, cause.code);
  return new StoreError(found[1], `couldn't ${what}: ${cause.message}`, {
    cause,
    details: { sqlite: cause.code },
  });
}

/** A StoreError for bytes in the file that cannot be what this library wrote. */
export function corrupt(message: string, details: Record<string, string | number> = {}): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', message, { details });
}

/** The error of a commit that may or may not have happened; the handle that threw it is closed. */
export function outcomeUnknown(what: string, cause: unknown): StoreError {
  const message = `couldn't ${what}: it is unknown whether it reached the disk, open the store again`;
  return new StoreError('ERR_STORE_OUTCOME_UNKNOWN', message, { cause, fatal: true });
}

function ioFailure(what: string, cause: unknown, reason: string): StoreError {
  const message = cause instanceof Error ? cause.message : reason;
  return new StoreError('ERR_STORE_IO', `couldn't ${what}: ${message}`, {
    cause,
    details: { sqlite: reason },
  });
}
