// Browser-safe.
/**
 * SG-11: keys that signed two different statements with one sequence number.
 *
 * Reads  sequences.ts, leaves.ts, statement/ (headers), judgement/.   Used by  audit.ts.
 * Cost   nothing where no number was used twice; else the headers of the whole log, and its leaf hashes, once more.
 * @module
 */
import { toBase64url } from '../bytes/index.ts';
import { sequenceSubject, statementSubject } from '../custody/index.ts';
import { keyEquivocation, type Finding } from '../judgement/index.ts';
import { assertStore, decodeEntry, type LogStore } from '../log/index.ts';
import { readEnvelope } from '../statement/index.ts';
import { readBlocks } from './entries.ts';
import type { EntrySet } from './entry-set.ts';
import type { SpilledLeaves } from './leaves.ts';
import type { SequenceBook } from './sequences.ts';

/**
 * Findings about all numbers that were used more than once; `rejected` statements count for nothing.
 * @throws {EntryChanged} where an entry is not the one that was replayed.
 */
export async function equivocations(
  store: LogStore,
  { repeated, size }: SequenceBook,
  rejected: EntrySet,
  leaves: SpilledLeaves,
): Promise<readonly Finding[]> {
  assertStore('store', store);
  if (repeated.length === 0) return [];
  const entries = new Map(
    repeated.map(({ kid, sequence }) => [sequenceSubject(kid, sequence), new Map<string, number>()]),
  );
  let read = 0;
  for await (const block of readBlocks(store, 0, size)) {
    read += block.length;
    for (const { index, bytes } of block) {
      leaves.checked(index, bytes);
      if (rejected.has(index)) continue;
      const { statement } = decodeEntry(bytes);
      const { kid, sequence } = readEnvelope(statement);
      const found = entries.get(sequenceSubject(toBase64url(kid), sequence));
      const name = found === undefined ? '' : statementSubject(statement);
      if (found?.has(name) === false) found.set(name, index);
    }
  }
  if (read < size) leaves.checked(read, undefined);
  return repeated.flatMap(({ kid, sequence }) => {
    const found = entries.get(sequenceSubject(kid, sequence))!;
    return keyEquivocation(kid, sequence, [...found.values()]) ?? [];
  });
}
