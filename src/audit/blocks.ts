// Browser-safe.
/**
 * Blocks: entries of a store as runs of bytes, each to be handed to whoever takes the range.
 *
 * Reads  log/ (LogStore).   Used by  replay.ts.
 * Rule   a block ends where an earlier checkpoint ends, so that the root there can be compared.
 * @module
 */
import { assertArray, assertInteger, concatBytes } from '../bytes/index.ts';
import type { EntryRun, LogStore, StoredEntry } from '../log/index.ts';

const BLOCK_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Entries [first, size) in blocks of at most `entriesMax`; ends early at the first that is missing.
 * @param borders - sizes at which a block must end, ascending.
 */
export async function* packBlocks(
  store: LogStore,
  first: number,
  size: number,
  entriesMax: number,
  borders: readonly number[],
): AsyncIterable<EntryRun> {
  assertInteger('first', first);
  assertInteger('size', size);
  assertInteger('entriesMax', entriesMax, 1);
  const left = [...assertArray('borders', borders, Infinity)] as number[];
  for (let next = first; next < size;) {
    while (left[0] !== undefined && left[0] <= next) left.shift();
    const runs = await runsOf(store, next, Math.min(size, next + entriesMax, left[0] ?? Infinity));
    if (runs.length === 0) return;
    const block = joined(next, runs);
    // Whoever takes the block may hand it over to a thread, and leave nothing here.
    next += block.ends.length;
    yield block;
  }
}

/** Runs of entries from `first` on: all up to `end`, or up to the first that is missing, or enough of them. */
async function runsOf(store: LogStore, first: number, end: number): Promise<readonly EntryRun[]> {
  const runs: EntryRun[] = [];
  let bytes = 0;
  for (let next = first; next < end && bytes < BLOCK_BYTES_MAX;) {
    const run = (await store.readEntryRun?.(next, end)) ?? runOf(next, await store.readEntries(next, end));
    if (run === undefined) break;
    runs.push(run);
    bytes += run.bytes.length;
    next += run.ends.length;
  }
  return runs;
}

/** Entries read one by one, up to a hole, as a run; undefined if entry `first` is not there. */
export function runOf(first: number, read: readonly StoredEntry[]): EntryRun | undefined {
  const hole = read.findIndex(({ index }, i) => index !== first + i);
  const entries = hole === -1 ? read : read.slice(0, hole);
  if (entries.length === 0) return undefined;
  const ends = new Uint32Array(entries.length);
  let end = 0;
  for (const [i, { bytes }] of entries.entries()) ends[i] = end += bytes.length;
  return { first, bytes: concatBytes(...entries.map(({ bytes }) => bytes)), ends };
}

/** Runs that follow one another as one, in a buffer of its own. */
function joined(first: number, runs: readonly EntryRun[]): EntryRun {
  const ends = new Uint32Array(runs.reduce((count, run) => count + run.ends.length, 0));
  const bytes = new Uint8Array(runs.reduce((length, run) => length + run.bytes.length, 0));
  let count = 0;
  let length = 0;
  for (const run of runs) {
    bytes.set(run.bytes, length);
    for (const end of run.ends) ends[count++] = length + end;
    length += run.bytes.length;
  }
  return { first, bytes, ends };
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
