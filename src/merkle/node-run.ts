// Browser-safe.
/**
 * All nodes that consecutive leaves of a tree add to it, side by side in stored order: what one stage of an audit tells the next.
 *
 * Reads  hash.ts, range.ts, stored.ts.   Used by  audit/ (range.ts writes, merge.ts completes).
 * Rule   a node that needs leaves before the run has its place all the same, and zeros in it until {@link completeNodes}; so a run is as
 *        long as what is stored, and can be compared with it as one value.
 * @module
 */
import { assertBytes, assertInteger } from '../bytes/index.ts';
import { HASH_BYTES, hashLeafTo, hashNodeTo } from './hash.ts';
import { half } from './integer.ts';
import { mergeRanges, rangePositions, type CompactRange } from './range.ts';
import { storedIndex, storedNodeCount } from './stored.ts';

/** No node of this level waits for its sibling. */
const NONE = -1;
const LEVELS = 53;

/** What a run says of itself. */
export interface NodesOfRun {
  /** 32 bytes each, in stored order. */
  readonly nodes: Uint8Array;
  /** 32 bytes for each subtree of its compact range. */
  readonly subtrees: Uint8Array;
  /** The last leaf; empty if there is none. */
  readonly last: Uint8Array;
}

/** Nodes of leaves that come one after the other. */
export class NodeRun {
  readonly #first: number;
  /** Stored index of the first node. */
  readonly #base: number;
  readonly #nodes: Uint8Array;
  /** By level: where the node stands that waits for its sibling. */
  readonly #waiting: number[] = Array.from({ length: LEVELS }, () => NONE);
  #end: number;
  /** Where the next leaf will stand, and the last one stands. */
  #next = 0;
  #last = NONE;

  /**
   * @param first - index of the first leaf.
   * @param count - most leaves that will be added.
   */
  constructor(first: number, count: number) {
    assertInteger('first', first);
    assertInteger('count', count);
    this.#first = this.#end = first;
    this.#base = storedNodeCount(first);
    this.#nodes = new Uint8Array((storedNodeCount(first + count) - this.#base) * HASH_BYTES);
  }

  /** Adds the leaf that holds `entry`; at most as many as were announced. */
  add(entry: Uint8Array): void {
    const nodes = this.#nodes;
    const waiting = this.#waiting;
    let at = (this.#last = this.#next);
    hashLeafTo(entry, nodes, at);
    let level = 0;
    let n = this.#end++;
    for (; n % 2 === 1; n = half(n), level++) {
      const left = waiting[level]!;
      waiting[level] = NONE;
      // What this node would complete has leaves before the run.
      if (left === NONE) break;
      hashNodeTo(nodes, left, at, at + HASH_BYTES);
      at += HASH_BYTES;
    }
    if (n % 2 === 0) waiting[level] = at;
    for (; n % 2 === 1; n = half(n)) at += HASH_BYTES;
    this.#next = at + HASH_BYTES;
  }

  /** True if this is the hash of the leaf added last; there must be one. */
  isLast(hash: Uint8Array): boolean {
    for (let i = 0; i < HASH_BYTES; i++) if (hash[i] !== this.#nodes[this.#last + i]) return false;
    return hash.length === HASH_BYTES;
  }

  /** What is there now: nodes, 32 bytes each; of them the subtrees of the compact range, and the last leaf, if there is one. */
  finish(): NodesOfRun {
    const positions = rangePositions(this.#first, this.#end);
    const subtrees = new Uint8Array(positions.length * HASH_BYTES);
    for (const [i, { level, n }] of positions.entries()) {
      const at = (storedIndex(level, n) - this.#base) * HASH_BYTES;
      subtrees.set(this.#nodes.subarray(at, at + HASH_BYTES), i * HASH_BYTES);
    }
    const nodes = this.#nodes;
    const last = this.#last === NONE ? new Uint8Array(0) : nodes.slice(this.#last, this.#last + HASH_BYTES);
    return { nodes: this.#next === nodes.length ? nodes : nodes.slice(0, this.#next), subtrees, last };
  }
}

/**
 * Writes those nodes of a run that need leaves before it.
 * @param before - all leaves before the run; it begins at 0.
 * @param nodes - of {@link NodeRun.finish}.
 * @param run - its compact range.
 * @returns the compact range of all leaves.
 */
export function completeNodes(before: CompactRange, nodes: Uint8Array, run: CompactRange): CompactRange {
  assertBytes('nodes', nodes);
  const base = storedNodeCount(before.end);
  return mergeRanges(before, run, (level, n, hash) => {
    nodes.set(hash, (storedIndex(level, n) - base) * HASH_BYTES);
  });
}
