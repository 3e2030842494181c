// Browser-safe.
/**
 * OwnTree: a tree made of the entries themselves, for entries that a damaged stored tree cannot prove.
 *
 * Reads  audit/ (entries in blocks), merkle/.   Used by  prover.ts.
 * Why    a damaged tree is derived data (LG-17), so the log still answers; but nothing may be believed for it: whoever can damage the
 *        tree could change an entry next.
 * Maths  of every block of 2^level entries the hash is kept, at most {@link BLOCKS_MAX} of them; an entry is proved by its block.
 * @module
 */
import { readBlocks } from '../audit/entries.ts';
import { equalBytes } from '../bytes/index.ts';
import type { LogStore } from '../log/index.ts';
import { emptyRange, hashLeaf, hashNode, RangeBuilder, rangePositions } from '../merkle/index.ts';

/** Blocks whose hashes are kept; an even number. */
const BLOCKS_MAX = 65_536;

/** The tree of a store's first entries. One call after the other. */
export class OwnTree {
  readonly #store: LogStore;
  readonly #blocksMax: number;
  readonly #builder = new RangeBuilder(emptyRange());
  /** Entries of a block, a power of two; and its level in the tree. */
  #width = 1;
  #level = 0;
  #blocks: Uint8Array[] = [];

  /** @param blocksMax - even; smaller in tests. */
  constructor(store: LogStore, blocksMax = BLOCKS_MAX) {
    this.#store = store;
    this.#blocksMax = blocksMax;
  }

  /** Number of entries it stands for. */
  get size(): number {
    return this.#builder.end;
  }

  /**
   * Reads the entries up to `size`, at least as many as before.
   * @param root - what they must give, from a verified checkpoint.
   * @returns false if they do not: then this tree is of no more use.
   */
  async extend(size: number, root: Uint8Array): Promise<boolean> {
    for await (const block of readBlocks(this.#store, this.size, size)) {
      for (const { index, bytes } of block) {
        if (index !== this.size) return false;
        this.#builder.append(hashLeaf(bytes), (level, n, hash) => this.#complete(level, n, hash));
      }
    }
    return this.size === size && equalBytes(this.#builder.root(), root);
  }

  /** True if entry `index`, below {@link size}, has this leaf hash. Cost: the entries of its block are read and hashed. */
  async holds(index: number, leafHash: Uint8Array): Promise<boolean> {
    const block = Math.floor(index / this.#width);
    const whole = this.#blocks[block];
    const begin = Math.min(block, this.#blocks.length) * this.#width;
    const end = whole === undefined ? this.size : begin + this.#width;
    const count = rangePositions(begin, end).length;
    const expected = whole === undefined ? this.#builder.range().hashes.slice(-count) : [whole];
    const builder = new RangeBuilder(emptyRange(begin));
    let isAmong = false;
    for await (const entries of readBlocks(this.#store, begin, end)) {
      for (const entry of entries) {
        if (entry.index !== builder.end) return false;
        const leaf = hashLeaf(entry.bytes);
        if (entry.index === index) isAmong = equalBytes(leaf, leafHash);
        builder.append(leaf);
      }
    }
    const { hashes } = builder.range();
    return isAmong && builder.end === end && hashes.every((hash, i) => equalBytes(hash, expected[i]!));
  }

  #complete(level: number, n: number, hash: Uint8Array): void {
    // The parent of two blocks that have just become one is there already.
    if (level !== this.#level || n !== this.#blocks.length) return;
    this.#blocks.push(hash);
    if (this.#blocks.length < this.#blocksMax) return;
    const pairs: Uint8Array[] = [];
    for (let i = 0; i < this.#blocks.length; i += 2)
      pairs.push(hashNode(this.#blocks[i]!, this.#blocks[i + 1]!));
    this.#blocks = pairs;
    this.#level += 1;
    this.#width *= 2;
  }
}
