// Browser-safe.
/**
 * Rebuild: derived data made anew from the entries, block by block.
 *
 * Reads  verify.ts, unit-index.ts.   Used by  ledger/ (after an audit found LG-17).
 * Never  reads what is stored as derived; the log must hold, or the rebuild stops with an error.
 * @module
 */
import { assertBytes, assertInteger, equalBytes } from '../bytes/index.ts';
import { affectsUnits, postingsOf, unitChanges, type Act } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { assertStore, type DerivedBlock, type LogStore, type Posting } from '../log/index.ts';
import { EMPTY_ROOT, emptyRange, RangeBuilder, rangeRoot } from '../merkle/index.ts';
import { Registry } from '../registry/index.ts';
import { readBlocks } from './entries.ts';
import { UnitIndex } from './unit-index.ts';
import { EntryVerifier } from './verify.ts';

/**
 * Derived data of the first `size` entries, in log order.
 * @param root - what those entries must hash to, 32 bytes, from a signed checkpoint.
 * @throws {StoreError} `ERR_STORE_CORRUPT` at the first entry that is missing or breaks the chain, or at the end if the
 *   entries do not give `root`.
 */
export async function* deriveBlocks(
  store: LogStore,
  size: number,
  root: Uint8Array,
): AsyncIterable<DerivedBlock> {
  assertStore('store', store);
  assertInteger('size', size);
  assertBytes('root', root, 32);
  const registry = new Registry();
  const units = new UnitIndex();
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
      postings.push(
        ...postingsOf(index, result.statement, result.acts, lotsOf(registry, units, result.acts)),
      );
      next = index + 1;
    }
    yield { nodes, postings };
  }
  if (next < size) throw damaged(next, 'it is missing');
  if (!equalBytes(size === 0 ? EMPTY_ROOT : rangeRoot(builder.range()), root)) {
    throw new StoreError('ERR_STORE_CORRUPT', "couldn't rebuild: the entries do not give the signed root");
  }
}

/** Units the acts of the next entry add to their lots. */
function lotsOf(registry: Registry, index: UnitIndex, acts: readonly Act[]): ReadonlyMap<string, number> {
  if (!acts.some(affectsUnits)) return NO_LOTS;
  const { units, lots } = unitChanges(registry, acts, (unit) => index.get(unit));
  for (const [unit, record] of units) index.set(unit, record);
  return lots;
}

const NO_LOTS: ReadonlyMap<string, number> = new Map();

function damaged(entry: number, why: string): StoreError {
  const message = `couldn't rebuild: entry ${entry} does not hold, ${why}`;
  return new StoreError('ERR_STORE_CORRUPT', message, { details: { entry } });
}
