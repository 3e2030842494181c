// Browser-safe.
/**
 * Entries read once more, by their indexes: the few whose acts or statements a rule asks for after the log has gone by.
 *
 * Reads  log/, statement/, custody/, leaves.ts.   Used by  subjects.ts, comparison.ts.
 * Cost   as reading them the first time but for the signatures; nothing on a log where no id is used twice and no lot overdrawn.
 * @module
 */
import { assertArray, toBase64url } from '../bytes/index.ts';
import { actsOfDocument, type Act, type IndexedStatement } from '../custody/index.ts';
import { decodeEntry, type LogStore } from '../log/index.ts';
import { openStatement } from '../statement/index.ts';
import type { EntrySet } from './entry-set.ts';
import type { SpilledLeaves } from './leaves.ts';

const ENTRIES_A_READ = 256;

/** What an entry says. */
export interface EntrySaid {
  readonly index: number;
  readonly statement: IndexedStatement;
  readonly acts: readonly Act[];
}

/**
 * What these entries say, in the order asked; statements that do not count say nothing but their bytes.
 * @param indexes - of entries that a replay found whole.
 * @param leaves - what it hashed.
 * @throws {EntryChanged} where one is not there any more, or is another.
 */
export async function* readSaid(
  store: LogStore,
  indexes: readonly number[],
  rejected: EntrySet,
  leaves: SpilledLeaves,
): AsyncIterable<EntrySaid> {
  assertArray('indexes', indexes, Infinity);
  for (let from = 0; from < indexes.length; from += ENTRIES_A_READ) {
    const asked = indexes.slice(from, from + ENTRIES_A_READ);
    const read = await store.readEntriesAt(asked);
    for (const [i, index] of asked.entries()) yield said(index, leaves.checked(index, read[i]), rejected);
  }
}

function said(index: number, entryBytes: Uint8Array, rejected: EntrySet): EntrySaid {
  const { recordTimeMs, statement: bytes } = decodeEntry(entryBytes);
  if (rejected.has(index)) {
    return { index, statement: { bytes, isRegistry: false, signed: undefined }, acts: [] };
  }
  const { statement } = openStatement(bytes);
  const { issuer, sequence } = statement;
  const kid = toBase64url(statement.kid);
  const isRegistry = statement.kind !== 'events';
  const source = { entry: index, recordTimeMs, issuer, kid };
  return {
    index,
    statement: { bytes, isRegistry, signed: { kid, sequence } },
    acts: statement.kind === 'events' ? actsOfDocument(statement.payload, source) : [],
  };
}
