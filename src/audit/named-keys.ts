// Browser-safe.
/**
 * Public keys that registry statements name, before anybody knows whether they count.
 *
 * Reads  statement/, custody/ (StatementReader).   Used by  range.ts, merge.ts, replay.ts.
 * Rule   a range knows a key by its hash, which is its name: who says so, and whether he may, is for the merge to find out.
 * @module
 */
import { assertInteger, fromBase64url } from '../bytes/index.ts';
import { StatementReader } from '../custody/index.ts';
import { decodeEntry, type EntryRun } from '../log/index.ts';
import { openStatement, type Statement } from '../statement/index.ts';

/** Public keys that a statement enrols. */
export function keysNamed(statement: Statement): readonly Uint8Array[] {
  if (statement.kind === 'genesis') return statement.payload.keys.map(fromBase64url);
  const isAdded = statement.kind === 'key' && statement.payload.action === 'add';
  return isAdded ? [fromBase64url(statement.payload.publicKey)] : [];
}

/** Public keys that the first `count` entries of a run enrol; entries that cannot be read enrol none. */
export function keysIn({ bytes, ends }: EntryRun, count: number): readonly Uint8Array[] {
  assertInteger('count', count);
  const reader = new StatementReader();
  const keys: Uint8Array[] = [];
  for (let i = 0, start = 0; i < count && i < ends.length; start = ends[i++]!) {
    try {
      const { statement } = decodeEntry(bytes.subarray(start, ends[i]));
      const { kind } = reader.head(statement);
      if (kind === 'genesis' || kind === 'key') keys.push(...keysNamed(openStatement(statement).statement));
    } catch {
      // The range that takes it says what it is.
    }
  }
  return keys;
}
