// Browser-safe.
/**
 * Blocks: entries of a store as runs of bytes, each to be handed to whoever takes the range.
 *
 * Reads  entries.ts, range.ts.   Used by  replay.ts.
 * Rule   a block ends where an earlier checkpoint ends, so that the root there can be compared.
 * @module
 */
import { assertInteger, assertArray } from '../bytes/index.ts';
import type { LogStore, StoredEntry } from '../log/index.ts';
import { readBlocks } from './entries.ts';
import type { EntryBlock } from './range.ts';

const BLOCK_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Entries [0, size) in blocks of at most `entriesMax`; ends early at the first that is missing.
 * @param borders - sizes at which a block must end, ascending.
 */
export async function* packBlocks(
  store: LogStore,
  size: number,
  entriesMax: number,
  borders: readonly number[],
): AsyncIterable<EntryBlock> {
  assertInteger('size', size);
  assertInteger('entriesMax', entriesMax, 1);
  const left = [...assertArray('borders', borders, Infinity)] as number[];
  let held: StoredEntry[] = [];
  let bytes = 0;
  for await (const read of readBlocks(store, 0, size)) {
    for (const entry of read) {
      held.push(entry);
      bytes += entry.bytes.length;
      while (left[0] !== undefined && left[0] <= entry.index) left.shift();
      const isBorder = left[0] === entry.index + 1;
      if (!isBorder && held.length < entriesMax && bytes < BLOCK_BYTES_MAX) continue;
      yield packed(held, bytes);
      held = [];
      bytes = 0;
    }
  }
  if (held.length > 0) yield packed(held, bytes);
}

function packed(entries: readonly StoredEntry[], length: number): EntryBlock {
  const bytes = new Uint8Array(length);
  const ends = new Uint32Array(entries.length);
  let end = 0;
  for (const [i, entry] of entries.entries()) {
    bytes.set(entry.bytes, end);
    end += entry.bytes.length;
    ends[i] = end;
  }
  return { first: entries[0]!.index, bytes, ends };
}

const SAMPLES = 256;

/** About how many bytes the entries of a log are together, from some of them. */
export async function estimateBytes(store: LogStore, size: number): Promise<number> {
  assertInteger('size', size);
  if (size === 0) return 0;
  const count = Math.min(size, SAMPLES);
  const indexes = Array.from({ length: count }, (_, i) => Math.floor(((i + Math.random()) * size) / count));
  const entries = await store.readEntriesAt(indexes);
  const bytes = entries.reduce((sum, entry) => sum + (entry?.length ?? 0), 0);
  return (bytes / count) * size;
}
