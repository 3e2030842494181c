// Browser-safe.
/**
 * Derived data against the replay: tree nodes one by one, postings by keyed digests of 256 runs of entries.
 *
 * Reads  log/, row-hash.ts.   Used by  audit.ts, merge.ts, comparison.ts.
 * Source principle 1; `findings.md` LG-17.
 * Note   only when a run differs are its rows collected and compared by name, so memory stays bounded. The salt is random,
 *        so nobody can prepare rows that cancel out; it never influences what is reported.
 * @module
 */
import { assertBytes, equalBytes } from '../bytes/index.ts';
import type { LogStore, PackedPostings, Posting } from '../log/index.ts';
import { READ_ENTRIES_MAX } from '../log/index.ts';
import { BUCKETS, bucketOf, DIGEST_WORDS, RowHash } from './row-hash.ts';

/** Most differences a report names. */
export const DIFFERENCES_MAX = 10;

/** Digests of rows, bucket by bucket: a run of consecutive entries each, and one for entries the log does not have. */
export class RowDigests {
  readonly #hash: RowHash;
  readonly #size: number;
  readonly #sums = new Uint32Array((BUCKETS + 1) * DIGEST_WORDS);

  /** @param size - number of entries of the log. */
  constructor(salt: Uint8Array, size: number) {
    this.#hash = new RowHash(assertBytes('salt', salt));
    this.#size = size;
  }

  /** Bucket of a row of this entry. */
  bucketOf(entry: number): number {
    return bucketOf(entry, this.#size);
  }

  /** Entries [first, end) of a bucket. */
  entriesOf(bucket: number): { readonly first: number; readonly end: number } {
    if (bucket === BUCKETS) return { first: 0, end: 0 };
    const first = Math.ceil((bucket * this.#size) / BUCKETS);
    return { first, end: Math.ceil(((bucket + 1) * this.#size) / BUCKETS) };
  }

  add(row: Posting): void {
    this.#hash.add(this.#sums, this.bucketOf(row.entry) * DIGEST_WORDS, row);
  }

  /** Adds many rows. */
  addAll(rows: readonly Posting[]): void {
    this.#hash.addAll(
      this.#sums,
      rows,
      rows.map(({ entry }) => this.bucketOf(entry) * DIGEST_WORDS),
    );
  }

  /** Adds rows side by side; false, and nothing done, where that cannot be. */
  addPacked(rows: PackedPostings): boolean {
    return this.#hash.addPacked(this.#sums, rows, this.#size);
  }

  /** Adds the digest at word `at` of `digests`, whose rows are all of one entry. */
  addDigest(entry: number, digests: Uint32Array, at: number): void {
    const to = this.bucketOf(entry) * DIGEST_WORDS;
    for (let word = 0; word < DIGEST_WORDS; word++) {
      this.#sums[to + word] = this.#sums[to + word]! + digests[at + word]!;
    }
  }

  /** Buckets in which two digests of one salt and size differ, ascending. */
  differingBuckets(other: RowDigests): ReadonlySet<number> {
    const buckets = new Set<number>();
    for (const [slot, sum] of this.#sums.entries()) {
      if (sum !== other.#sums[slot]) buckets.add((slot - (slot % DIGEST_WORDS)) / DIGEST_WORDS);
    }
    return buckets;
  }
}

/** Compares completed tree nodes with the stored ones. */
export class NodeComparison {
  readonly differences: string[] = [];
  readonly #store: LogStore;
  #count = 0;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Number of nodes compared. */
  get count(): number {
    return this.#count;
  }

  /** Compares nodes that are stored one after the other, the first at index `first`; `hashes` 32 bytes each. */
  async compare(first: number, hashes: Uint8Array): Promise<void> {
    const count = hashes.length / 32;
    if (count === 0) return;
    this.#count += count;
    const stored = await this.#store.readNodeRun?.(first, first + count);
    if (stored !== undefined && equalBytes(stored, hashes)) return;
    for (let from = 0; from < count; from += READ_ENTRIES_MAX) {
      const some = Math.min(READ_ENTRIES_MAX, count - from);
      const nodes = await this.#store.readNodes(Array.from({ length: some }, (_, i) => first + from + i));
      for (let i = 0; i < some; i++) {
        const found = nodes[i];
        const at = (from + i) * 32;
        if (found === undefined || !equalBytes(found, hashes.subarray(at, at + 32))) {
          this.#differs(first + from + i, found === undefined ? 'missing' : 'changed');
        }
      }
    }
  }

  #differs(index: number, what: string): void {
    if (this.differences.length < DIFFERENCES_MAX) this.differences.push(`tree node ${index} is ${what}`);
  }
}

/** Packed postings one by one; undefined if they are not what they should be. */
export function postingsIn({ bytes }: PackedPostings): readonly Posting[] | undefined {
  const rows: Posting[] = [];
  for (let at = 0; at < bytes.length;) {
    const numbers: number[] = [];
    while (numbers.length < 3) {
      const end = bytes.indexOf(SPACE, at);
      const text = end === -1 ? '' : latin1(bytes.subarray(at, Math.min(end, at + INTEGER_LENGTH_MAX + 1)));
      if (!/^-?\d{1,19}$/.test(text)) return undefined;
      numbers.push(Number(text));
      at = end + 1;
    }
    const [length, entry, count] = numbers as [number, number, number];
    if (length < 0 || length > bytes.length - at) return undefined;
    rows.push({ subject: lenient.decode(bytes.subarray(at, at + length)), entry, count });
    at += length;
  }
  return rows;
}

const SPACE = 0x20;
const INTEGER_LENGTH_MAX = 20;
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** A row as one string. */
export function rowKey({ subject, entry, count }: Posting): string {
  return `${entry} ${count} ${subject}`;
}

/** Names rows that are in one of two multisets only. */
export class RowDifference {
  readonly #balance = new Map<string, number>();

  add(row: Posting, side: 'expected' | 'stored'): void {
    const key = rowKey(row);
    const balance = (this.#balance.get(key) ?? 0) + (side === 'expected' ? 1 : -1);
    if (balance === 0) this.#balance.delete(key);
    else this.#balance.set(key, balance);
  }

  sentences(): string[] {
    const rows = [...this.#balance].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, DIFFERENCES_MAX);
    return rows.map(([key, balance]) => {
      const [entry, count, ...subject] = key.split(' ');
      const what = balance > 0 ? 'is missing' : 'should not be there';
      return `posting of entry ${entry} for ${subject.join(' ')} (count ${count}) ${what}`;
    });
  }
}
