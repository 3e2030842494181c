// Browser-safe.
/**
 * Leaf hashes of all entries that were replayed, in the spill: an entry that is read once more must be the one that was hashed.
 *
 * Reads  merkle/, spill.ts.   Used by  replay.ts (writes), reread.ts, equivocations.ts.
 * Why    the file may change under a running audit, and what a finding shows must be in the tree that the root commits to.
 * Cost   32 bytes of the spill an entry; nothing is read unless an entry is.
 * @module
 */
import { assertBytes, assertInteger, equalBytes } from '../bytes/index.ts';
import { HASH_BYTES, hashLeaf } from '../merkle/hash.ts';
import type { Spill } from './spill.ts';

/** Thrown where an entry is not there any more, or is another: the audit says so and ends. */
export class EntryChanged extends Error {
  readonly entry: number;

  constructor(entry: number, why: string) {
    super(why);
    this.entry = entry;
  }
}

/** Leaf hashes, range by range. */
export class SpilledLeaves {
  readonly #spill: Spill;
  /** First entry of each range, ascending, and where its leaves begin in the spill. */
  readonly #firsts: number[] = [];
  readonly #starts: number[] = [];

  constructor(spill: Spill) {
    this.#spill = spill;
  }

  /**
   * Adds the next range.
   * @param first - its first entry.
   * @param count - how many entries it has.
   * @param nodes - their nodes in stored order, 32 bytes each.
   */
  add(first: number, count: number, nodes: Uint8Array): void {
    assertInteger('first', first);
    assertBytes('nodes', nodes);
    const leaves = new Uint8Array(assertInteger('count', count) * HASH_BYTES);
    for (let i = 0, at = 0; i < count; i++) {
      for (let byte = 0; byte < HASH_BYTES; byte++) leaves[i * HASH_BYTES + byte] = nodes[at + byte]!;
      // A leaf is followed by the nodes it completes, one for each one bit that its index ends with.
      for (let n = first + i; n % 2 === 1; n = (n - 1) / 2) at += HASH_BYTES;
      at += HASH_BYTES;
    }
    this.#firsts.push(first);
    this.#starts.push(this.#spill.append(leaves));
  }

  /**
   * Checks that an entry read again is what was hashed; returns its bytes.
   * @param index - of an entry that was replayed.
   * @throws {EntryChanged} if not.
   */
  checked(index: number, bytes: Uint8Array | undefined): Uint8Array {
    if (bytes === undefined) throw new EntryChanged(index, 'it is not there any more');
    let low = 0;
    for (let high = this.#firsts.length; high - low > 1;) {
      const middle = (low + high) >>> 1;
      if (this.#firsts[middle]! <= index) low = middle;
      else high = middle;
    }
    const at = this.#starts[low]! + (index - this.#firsts[low]!) * HASH_BYTES;
    if (equalBytes(hashLeaf(bytes), this.#spill.readNow(at, HASH_BYTES))) return bytes;
    throw new EntryChanged(index, 'its bytes are not those that were hashed before');
  }
}
