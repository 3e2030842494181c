// Browser-safe.
/**
 * Entries of a store as one stream in index order, with its holes made visible.
 *
 * Reads  log/ (LogStore).   Used by  every pass of the audit.
 * Never  holds more than one read's worth of entries.
 * @module
 */
import type { LogStore, StoredEntry } from '../log/index.ts';

/**
 * Yields entries [first, end) in blocks; ends early at the first index that is missing.
 * A stored entry with an unexpected index ends the stream too: the caller knows which index it did not get.
 */
export async function* readBlocks(
  store: LogStore,
  first: number,
  end: number,
): AsyncIterable<readonly StoredEntry[]> {
  for (let next = first; next < end;) {
    const read = await store.readEntries(next, end);
    const block: StoredEntry[] = [];
    for (const entry of read) {
      if (entry.index !== next + block.length) break;
      block.push(entry);
    }
    if (block.length > 0) yield block;
    next += block.length;
    if (block.length === 0 || block.length < read.length) return;
  }
}
