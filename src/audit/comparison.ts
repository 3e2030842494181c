// Browser-safe.
/**
 * The third phase: what is stored as derived data, beside what the replay derived. Nothing is ever taken from it.
 *
 * Reads  derived.ts, lots.ts, reread.ts.   Used by  audit.ts.
 * Source principle 1; `findings.md` LG-17.
 * @module
 */
import { equalBytes } from '../bytes/index.ts';
import { postingsOf } from '../custody/index.ts';
import { decodeEntry, type LogStore, type Posting, type StoredHead } from '../log/index.ts';
import { hashLeaf, storedNodeCount, type CompactRange } from '../merkle/index.ts';
import { postingsIn, RowDifference, RowDigests, type NodeComparison } from './derived.ts';
import type { EntrySet } from './entry-set.ts';
import type { SpilledLeaves } from './leaves.ts';
import type { LotMovements } from './lots.ts';
import type { Pace } from './pace.ts';
import { readSaid } from './reread.ts';

/** What the comparison works with. */
export interface ComparisonOptions {
  readonly store: LogStore;
  readonly pace: Pace;
  readonly nodes: NodeComparison;
  /** What the replay derived; rows of lots are added here. */
  readonly expected: RowDigests;
  readonly salt: Uint8Array;
  readonly movements: LotMovements;
  readonly rejected: EntrySet;
  readonly range: CompactRange;
  /** Leaf hash of the last entry. */
  readonly last: Uint8Array;
  readonly leaves: SpilledLeaves;
}

/** Runs of entries whose rows are named when they differ: enough for the few that a report lists. */
const RUNS_NAMED = 8;

/** Compares stored derived data with a replay. */
export class Comparison {
  readonly #options: ComparisonOptions;
  /** Size the log was last seen to have grown to. */
  #grown = 0;
  #ahead: Promise<RowDigests | undefined> | undefined;
  #isStopped = false;

  constructor(options: ComparisonOptions) {
    this.#options = options;
  }

  /** Begins to read stored rows of the first `size` entries, between turns of other work. */
  scanAhead(size: number): void {
    this.#ahead = this.#scanPacked(size);
    // run() hears of it; until then, it must not end the process.
    this.#ahead.catch(() => undefined);
  }

  /** Ends what {@link scanAhead} began: nobody will ask for it. */
  stop(): void {
    this.#isStopped = true;
  }

  /** What differs, as sentences; empty if nothing does. */
  async run(head: StoredHead): Promise<readonly string[]> {
    const { nodes, expected, movements } = this.#options;
    const { size } = head;
    addInTurns(expected, movements.rows());
    const counted = await this.#countAt(size);
    const stored = (await (this.#ahead ?? this.#scanPacked(size))) ?? (await this.#scan(size));
    const differences = [...(await this.#headDifferences(head)), ...nodes.differences];
    if (counted > nodes.count) differences.push(`${counted - nodes.count} tree nodes too many are stored`);
    const buckets = expected.differingBuckets(stored);
    if (buckets.size > 0) differences.push(...(await this.#nameRows(size, buckets)));
    return differences;
  }

  /** Digests of all stored rows, read many at a time; undefined where that cannot be. */
  async #scanPacked(size: number): Promise<RowDigests | undefined> {
    const { store, pace, salt } = this.#options;
    const stored = new RowDigests(salt, size);
    let done = 0;
    for await (const page of store.scanPackedPostings?.() ?? []) {
      if (this.#isStopped) return undefined;
      if (page.greatest < size) {
        if (!stored.addPacked(page)) return undefined;
      } else {
        const rows = postingsIn(page);
        if (rows === undefined) return undefined;
        await this.#addAll(stored, rows, size);
      }
      done += page.rows;
      if (pace.isDue) await pace.breathe({ phase: 'derived', done, total: done + 1 });
    }
    pace.report({ phase: 'derived', done, total: done });
    return done === 0 ? undefined : stored;
  }

  /** Digests of all stored rows, read one after the other. */
  async #scan(size: number): Promise<RowDigests> {
    const { store, pace, salt } = this.#options;
    const stored = new RowDigests(salt, size);
    let held: Posting[] = [];
    let done = 0;
    for await (const row of store.scanPostings()) {
      if (held.push(row) < ROWS_A_TURN) continue;
      await this.#addAll(stored, held, size);
      done += held.length;
      held = [];
      if (pace.isDue) await pace.breathe({ phase: 'derived', done, total: done + 1 });
    }
    await this.#addAll(stored, held, size);
    done += held.length;
    pace.report({ phase: 'derived', done, total: done });
    return stored;
  }

  /** Adds stored rows, but not those of entries that were appended meanwhile. */
  async #addAll(stored: RowDigests, rows: readonly Posting[], size: number): Promise<void> {
    const own: Posting[] = [];
    for (const row of rows) {
      if (row.entry < size || row.entry >= (await this.#grownTo(row.entry))) own.push(row);
    }
    stored.addAll(own);
  }

  /** Stored tree nodes of the first `size` entries and any that belong to none: what a growing log adds is not counted. */
  async #countAt(size: number): Promise<number> {
    const { store, pace } = this.#options;
    for (;;) {
      const before = (await store.readHead())?.size ?? 0;
      const { nodes } = await store.countDerived();
      const after = (await store.readHead())?.size ?? 0;
      if (before === after) return nodes - storedNodeCount(after) + storedNodeCount(size);
      pace.stopIfAborted();
    }
  }

  /** Size of the log by now, if that is needed to explain a row of this entry. */
  async #grownTo(entry: number): Promise<number> {
    if (entry >= this.#grown) this.#grown = (await this.#options.store.readHead())?.size ?? 0;
    return this.#grown;
  }

  async #headDifferences(head: StoredHead): Promise<string[]> {
    const { store, range, last } = this.#options;
    const holds = await headHolds(store, head, range, last);
    return holds ? [] : ['the stored head is not that of the last entry'];
  }

  async #nameRows(size: number, differing: ReadonlySet<number>): Promise<string[]> {
    const { store, expected, movements, rejected, leaves } = this.#options;
    // The run of entries the log does not have is the last, and named with the first ones.
    const buckets = new Set([...[...differing].slice(0, RUNS_NAMED), ...[...differing].slice(-1)]);
    const rows = new RowDifference();
    for await (const row of store.scanPostings()) {
      if (!buckets.has(expected.bucketOf(row.entry))) continue;
      const grown = row.entry >= size && row.entry < (await this.#grownTo(row.entry));
      if (!grown) rows.add(row, 'stored');
    }
    for (const row of movements.rows()) {
      if (buckets.has(expected.bucketOf(row.entry))) rows.add(row, 'expected');
    }
    for (const bucket of buckets) {
      const { first, end } = expected.entriesOf(bucket);
      const entries = Array.from({ length: end - first }, (_, i) => first + i);
      for await (const { index, statement, acts } of readSaid(store, entries, rejected, leaves)) {
        for (const row of postingsOf(index, statement, acts, NO_LOTS)) rows.add(row, 'expected');
      }
    }
    const sentences = rows.sentences();
    // Rows that read alike and are not: bytes that are no text.
    return sentences.length > 0 ? sentences : ['a posting is not what its text says'];
  }
}

/** Adds rows to digests, some at a time. */
function addInTurns(digests: RowDigests, rows: Iterable<Posting>): void {
  let held: Posting[] = [];
  for (const row of rows) {
    if (held.push(row) < ROWS_A_TURN) continue;
    digests.addAll(held);
    held = [];
  }
  digests.addAll(held);
}

/**
 * True if the head row says what its checkpoint, which alone is signed, stands for: an append would stumble over another.
 * @param range - of all entries, as replayed.
 * @param leaf - of the last of them.
 */
export async function headHolds(
  store: LogStore,
  head: StoredHead,
  range: CompactRange,
  leaf: Uint8Array,
): Promise<boolean> {
  const [last] = await store.readEntriesAt([range.end - 1]);
  return (
    head.size === range.end &&
    last !== undefined &&
    equalBytes(leaf, head.leafHash) &&
    equalBytes(hashLeaf(last), leaf) &&
    decodeEntry(last).recordTimeMs === head.recordTimeMs &&
    head.range.length === range.hashes.length &&
    head.range.every((hash, i) => equalBytes(hash, range.hashes[i]!))
  );
}

const NO_LOTS: ReadonlyMap<string, number> = new Map();
const ROWS_A_TURN = 1024;
