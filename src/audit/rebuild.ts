// Browser-safe.
/**
 * Rebuild: derived data made anew from the entries, block by block.
 *
 * Reads  verify.ts, subjects.ts.   Used by  ledger/ (after an audit found LG-17).
 * Never  reads what is stored as derived; the log must hold, or the rebuild stops with an error.
 * @module
 */
import { postingsOf } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import type { DerivedBlock, LogStore, Posting } from '../log/index.ts';
import { emptyRange, RangeBuilder } from '../merkle/index.ts';
import { Registry } from '../registry/index.ts';
import { readBlocks } from './entries.ts';
import { SubjectCollector } from './subjects.ts';
import { EntryVerifier } from './verify.ts';

/** Derived data of the first `size` entries, in log order. */
export async function* deriveBlocks(store: LogStore, size: number): AsyncIterable<DerivedBlock> {
  const registry = new Registry();
  const collector = new SubjectCollector(registry, 0);
  const verifier = new EntryVerifier(registry);
  const builder = new RangeBuilder(emptyRange());
  let next = 0;
  for await (const block of readBlocks(store, 0, size)) {
    const nodes: Uint8Array[] = [];
    const postings: Posting[] = [];
    for (const { index, bytes } of block) {
      const result = verifier.next(index, bytes);
      if ('chainBreak' in result) throw damaged(index, result.chainBreak);
      nodes.push(...builder.append(result.leafHash));
      const lots = collector.collect(index, result.acts);
      postings.push(...postingsOf(index, result.statement, result.isRegistry, result.acts, lots));
      next = index + 1;
    }
    yield { nodes, postings };
  }
  if (next < size) throw damaged(next, 'it is missing');
}

function damaged(entry: number, why: string): StoreError {
  const message = `couldn't rebuild: entry ${entry} does not hold, ${why}`;
  return new StoreError('ERR_STORE_CORRUPT', message, { details: { entry } });
}
