// Browser-safe.
/**
 * Entries of our own log, decoded: when they were recorded, their acts, and what they say to the registry.
 *
 * Reads  log/, statement/, custody/.   Used by  subjects.ts, entry-memory.ts, ledger.ts.
 * Note   what is read back was checked when it was appended; whether the store still tells the truth is the audit's question.
 * @module
 */
import type { Act, StatementHead, StatementReader } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { decodeEntry } from '../log/index.ts';
import { openStatement, type Statement } from '../statement/index.ts';

/** One entry, as far as judgement needs it. */
export interface DecodedEntry {
  readonly entry: number;
  readonly recordTimeMs: number;
  /** What it says to the registry; undefined for events, whose acts are all that is asked of them: payloads are not remembered. */
  readonly fact: Statement | undefined;
  readonly acts: readonly Act[];
}

/**
 * Decodes a stored entry.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if its bytes are no entry with a statement.
 */
export function decodeStored(reader: StatementReader, entry: number, bytes: Uint8Array): DecodedEntry {
  try {
    const { recordTimeMs, statement } = decodeEntry(bytes);
    return decodeHeaded(reader, reader.head(statement), entry, recordTimeMs);
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', `couldn't read entry ${entry}: run an audit`, {
      cause,
      details: { entry },
    });
  }
}

/** Decodes a statement whose head was read. @throws {DecodeError} if it is none. */
export function decodeHeaded(
  reader: StatementReader,
  head: StatementHead,
  entry: number,
  recordTimeMs: number,
): DecodedEntry {
  if (head.kind === 'events') {
    return { entry, recordTimeMs, fact: undefined, acts: reader.acts(head, entry, recordTimeMs) };
  }
  return { entry, recordTimeMs, fact: openStatement(head.bytes).statement, acts: [] };
}

/** Acts made before their entry had a place in the log, at their place. */
export function actsAt(acts: readonly Act[], entry: number, recordTimeMs: number): readonly Act[] {
  return acts.map((act) => ({ ...act, ref: { entry, event: act.ref.event }, recordTimeMs }));
}
