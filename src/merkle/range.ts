// Browser-safe.
/**
 * Compact ranges: the few hashes that stand for any run of leaves, enough to append, to merge and to compute the root.
 *
 * Reads  hash.ts, stored.ts.   Used by  log/append, audit/ (one range per worker, then merged), proofs.
 * Source the compact ranges of transparency-dev/merkle: the unique shortest list of perfect subtrees covering [begin, end).
 * Never  holds more than 2 * 52 hashes, whatever the number of leaves.
 * @module
 */
import { assertArray, assertBytes, assertFunction, assertInteger } from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError, invariant } from '../errors.ts';
import { EMPTY_ROOT, HASH_BYTES, TREE_SIZE_MAX, hashNode } from './hash.ts';
import { half, oneBitCount } from './integer.ts';
import type { NodePosition } from './stored.ts';

/** Leaves [begin, end), as the hashes of their perfect subtrees from left to right. Treat as frozen. */
export interface CompactRange {
  /** Index of the first leaf. */
  readonly begin: number;
  /** Index after the last leaf; equal to `begin` when the range is empty. */
  readonly end: number;
  /** 32 bytes each; as many as {@link rangePositions} lists. */
  readonly hashes: readonly Uint8Array[];
}

/** Told of each node that an operation completes, lowest first: with the leaves, this is stored order. */
export type OnNode = (level: number, n: number, hash: Uint8Array) => void;

/** Positions of the perfect subtrees that cover the leaves [begin, end), from left to right. */
export function rangePositions(begin: number, end: number): NodePosition[] {
  assertInteger('begin', begin);
  assertInteger('end', end, begin);
  const positions: NodePosition[] = [];
  let at = begin;
  let n = begin;
  let level = 0;
  for (let width = 1; at < end;) {
    if (n % 2 === 0 && width <= half(end - at)) {
      // room for the next larger subtree, and aligned to it
      n /= 2;
      level += 1;
      width *= 2;
    } else if (width > end - at) {
      n *= 2;
      level -= 1;
      width /= 2;
    } else {
      positions.push({ level, n });
      at += width;
      n += 1;
    }
  }
  return positions;
}

/**
 * A range without leaves.
 * @param begin - index of the leaf that would come first; 0 unless the range is to be merged to the right of another.
 */
export function emptyRange(begin = 0): CompactRange {
  assertInteger('begin', begin);
  return { begin, end: begin, hashes: [] };
}

/**
 * The range [0, size) from stored hashes, such as those of a log's head.
 * @throws {TypeError | RangeError} unless `hashes` are as many 32-byte hashes as `size` has one bits.
 */
export function fromHashes(size: number, hashes: readonly Uint8Array[]): CompactRange {
  assertInteger('size', size, 0, TREE_SIZE_MAX);
  assertArray('hashes', hashes, 53);
  const expected = oneBitCount(size);
  if (hashes.length !== expected) {
    throw argumentRangeError('hashes', `${expected} hashes for size ${size}`, hashes.length);
  }
  return { begin: 0, end: size, hashes: hashes.map((hash) => assertBytes('hash', hash, HASH_BYTES).slice()) };
}

/**
 * The range one leaf longer. For many leaves {@link RangeBuilder} is faster.
 * @param leafHash - 32 bytes, already domain-separated (see hashLeaf).
 * @param onNode - called for the leaf and each node it completes, in stored order.
 */
export function appendLeaf(range: CompactRange, leafHash: Uint8Array, onNode?: OnNode): CompactRange {
  const builder = new RangeBuilder(range);
  builder.append(leafHash, onNode);
  return builder.range();
}

/**
 * The range that covers `left` and then `right`.
 * @param onNode - called for each node that only the two ranges together complete, lowest first.
 * @throws {RangeError} unless `right` begins where `left` ends.
 */
export function mergeRanges(left: CompactRange, right: CompactRange, onNode?: OnNode): CompactRange {
  const builder = new RangeBuilder(left);
  builder.extend(right, onNode);
  return builder.range();
}

/**
 * RFC 6962 root of the tree whose leaves are [0, range.end).
 * @throws {RangeError} if the range does not begin at 0.
 */
export function rangeRoot(range: CompactRange): Uint8Array {
  assertRange('range', range);
  if (range.begin !== 0)
    throw argumentRangeError('range', 'a range that begins at 0', `begin=${range.begin}`);
  let root = range.hashes.at(-1);
  if (root === undefined) return EMPTY_ROOT.slice();
  for (let i = range.hashes.length - 2; i >= 0; i--) root = hashNode(range.hashes[i]!, root);
  return root.slice();
}

/** A range that grows in place: for hot loops. */
export class RangeBuilder {
  readonly #begin: number;
  #end: number;
  readonly #hashes: Uint8Array[];
  readonly #positions: NodePosition[];

  /** @param start - what is there already; copied. Default: nothing, beginning at leaf 0. */
  constructor(start: CompactRange = emptyRange()) {
    this.#positions = assertRange('start', start);
    this.#begin = start.begin;
    this.#end = start.end;
    this.#hashes = [...start.hashes];
  }

  /** Index after the last leaf. */
  get end(): number {
    return this.#end;
  }

  /**
   * Appends one leaf.
   * @param leafHash - 32 bytes, already domain-separated (see hashLeaf); copied.
   * @returns the leaf hash and the hashes of the nodes it completes within this range, in stored order.
   */
  append(leafHash: Uint8Array, onNode?: OnNode): Uint8Array[] {
    assertBytes('leafHash', leafHash, HASH_BYTES);
    if (onNode !== undefined) assertFunction('onNode', onNode);
    if (this.#end >= TREE_SIZE_MAX) throw argumentRangeError('range', 'room for one more leaf', this.#end);
    const leaf = leafHash.slice();
    const completed: Uint8Array[] = [leaf];
    onNode?.(0, this.#end, leaf);
    this.#push({ level: 0, n: this.#end }, leaf, (level, n, hash) => {
      completed.push(hash);
      onNode?.(level, n, hash);
    });
    this.#end += 1;
    return completed;
  }

  /** Appends all leaves of `right`, which must begin where this ends. */
  extend(right: CompactRange, onNode?: OnNode): void {
    const positions = assertRange('right', right);
    if (onNode !== undefined) assertFunction('onNode', onNode);
    if (right.begin !== this.#end) {
      throw argumentRangeError('right', `a range that begins at ${this.#end}`, `begin=${right.begin}`);
    }
    for (const [i, position] of positions.entries()) this.#push(position, right.hashes[i]!, onNode);
    this.#end = right.end;
  }

  /** What is there now, as a value that later appends do not change. */
  range(): CompactRange {
    return { begin: this.#begin, end: this.#end, hashes: [...this.#hashes] };
  }

  /** RFC 6962 root of what is there now; the range must begin at 0. */
  root(): Uint8Array {
    return rangeRoot({ begin: this.#begin, end: this.#end, hashes: this.#hashes });
  }

  /** Adds a subtree on the right; while the last two are siblings they become their parent. */
  #push(position: NodePosition, hash: Uint8Array, onNode: OnNode | undefined): void {
    let { level, n } = position;
    let node = hash;
    for (let last = this.#positions.at(-1); last !== undefined; last = this.#positions.at(-1)) {
      if (last.level !== level || n % 2 === 0) break;
      invariant(last.n === n - 1, 'bad math in RangeBuilder');
      this.#positions.pop();
      node = hashNode(this.#hashes.pop()!, node);
      level += 1;
      n = half(n);
      onNode?.(level, n, node);
    }
    this.#positions.push({ level, n });
    this.#hashes.push(node);
  }
}

/** Checks a range's shape and returns the positions of its hashes. */
function assertRange(title: string, range: CompactRange): NodePosition[] {
  if (typeof range !== 'object' || range === null) throw argumentTypeError(title, 'a compact range', range);
  const positions = rangePositions(range.begin, range.end);
  assertArray(`${title}.hashes`, range.hashes, 106);
  if (range.hashes.length !== positions.length) {
    throw argumentRangeError(`${title}.hashes`, `${positions.length} hashes`, range.hashes.length);
  }
  for (const hash of range.hashes) assertBytes(`${title}.hashes`, hash, HASH_BYTES);
  return positions;
}
