// Browser-safe.
/**
 * Derived data against the replay: tree nodes one by one, postings by salted digests of 256 buckets.
 *
 * Reads  log/, custody/ (what the postings should be).   Used by  audit.ts.
 * Source principle 1; `findings.md` LG-17.
 * Note   only when a bucket differs are its rows collected and compared by name, so memory stays bounded. The salt is random,
 *        so nobody can prepare rows that cancel out; it never influences what is reported.
 * @module
 */
import { equalBytes, utf8Encode } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { LogStore, Posting } from '../log/index.ts';
import { READ_ENTRIES_MAX } from '../log/index.ts';

const BUCKETS = 256;
const LANES = 3;
const LANE_BYTES = 4;
/** Most differences a report names. */
export const DIFFERENCES_MAX = 10;

/** A multiset digest of posting rows: equal multisets give equal digests, others do not but with probability 2^-96. */
export class PostingDigest {
  readonly #salt: string;
  /** For each bucket: the row count, then sums modulo 2^32. */
  readonly #sums = new Uint32Array(BUCKETS * (LANES + 1));

  constructor(salt: string) {
    this.#salt = salt;
  }

  add(row: Posting): void {
    const hash = sha256(utf8Encode(this.#salt + rowKey(row)));
    const view = new DataView(hash.buffer, hash.byteOffset, hash.byteLength);
    const base = hash[31]! * (LANES + 1);
    this.#sums[base] = this.#sums[base]! + 1;
    for (let lane = 0; lane < LANES; lane++) {
      const slot = base + 1 + lane;
      this.#sums[slot] = this.#sums[slot]! + view.getUint32(lane * LANE_BYTES);
    }
  }

  /** Bucket of a row. */
  bucketOf(row: Posting): number {
    return sha256(utf8Encode(this.#salt + rowKey(row)))[31]!;
  }

  /** Buckets in which two digests of one salt differ. */
  differingBuckets(other: PostingDigest): ReadonlySet<number> {
    const buckets = new Set<number>();
    for (const [slot, sum] of this.#sums.entries()) {
      if (sum !== other.#sums[slot]) buckets.add((slot - (slot % (LANES + 1))) / (LANES + 1));
    }
    return buckets;
  }
}

/** Compares completed tree nodes with the stored ones, in stored order. */
export class NodeComparison {
  readonly differences: string[] = [];
  readonly #store: LogStore;
  readonly #pending: Uint8Array[] = [];
  #first = 0;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Number of nodes a replay of the log has. */
  get count(): number {
    return this.#first + this.#pending.length;
  }

  async add(nodes: readonly Uint8Array[]): Promise<void> {
    for (const node of nodes) this.#pending.push(node);
    while (this.#pending.length >= READ_ENTRIES_MAX) await this.#compare(READ_ENTRIES_MAX);
  }

  async finish(): Promise<void> {
    while (this.#pending.length > 0) await this.#compare(Math.min(READ_ENTRIES_MAX, this.#pending.length));
  }

  async #compare(count: number): Promise<void> {
    const expected = this.#pending.splice(0, count);
    const indexes = expected.map((_, i) => this.#first + i);
    const stored = await this.#store.readNodes(indexes);
    for (const [i, node] of expected.entries()) {
      const found = stored[i];
      if (found !== undefined && equalBytes(found, node)) continue;
      if (this.differences.length < DIFFERENCES_MAX) {
        this.differences.push(
          `tree node ${this.#first + i} is ${found === undefined ? 'missing' : 'changed'}`,
        );
      }
    }
    this.#first += count;
  }
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
