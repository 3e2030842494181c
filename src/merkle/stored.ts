// Browser-safe.
/**
 * Stored order: the one order in which the nodes of an append-only tree are written, each exactly once, never changed.
 *
 * Reads  integer.ts.   Used by  nodes.ts, log/ and store/ (rows of the nodes table), audit/ (damage by name).
 * Source the storage order of golang.org/x/mod/sumdb/tlog: each leaf, then the nodes it completes, lowest first.
 * Maths  leaf m is preceded by 2m - popcount(m) nodes: m leaves complete m/2 + m/4 + … nodes (each rounded down).
 * @module
 */
import { assertInteger } from '../bytes/index.ts';
import { argumentRangeError, invariant } from '../errors.ts';
import { half, oneBitCount, powerOfTwo } from './integer.ts';

/** The `n`-th perfect subtree of 2^level leaves: it covers the leaves [n * 2^level, (n + 1) * 2^level). */
export interface NodePosition {
  readonly level: number;
  readonly n: number;
}

/** Greatest tree size whose stored indexes are exact: 2^52. */
export const STORED_SIZE_MAX = 0x10_0000_0000_0000;

/**
 * Number of nodes, leaves included, stored for a tree of `size` leaves: 2 * size - popcount(size).
 * @throws {TypeError | RangeError} unless `size` is an integer from 0 to 2^52.
 */
export function storedNodeCount(size: number): number {
  assertInteger('size', size, 0, STORED_SIZE_MAX);
  return nodesBefore(size);
}

/**
 * Stored index of the node at `level` (0 for leaves), number `n` from the left.
 * @throws {TypeError | RangeError} unless both are integers and the node's last leaf has an index below 2^52.
 * @example
 * storedIndex(1, 0); // 2: after the leaves 0 and 1
 */
export function storedIndex(level: number, n: number): number {
  assertInteger('level', level, 0, 52);
  assertInteger('n', n, 0, STORED_SIZE_MAX);
  const end = (n + 1) * powerOfTwo(level);
  if (end > STORED_SIZE_MAX) throw argumentRangeError('n', `a node that ends at most at leaf 2^52`, n);
  return nodesBefore(end - 1) + level;
}

/**
 * Which node is stored at `index`: the inverse of {@link storedIndex}.
 * @throws {TypeError | RangeError} unless `index` is an integer from 0 to 2^53-2.
 */
export function storedNodePosition(index: number): NodePosition {
  assertInteger('index', index, 0, 2 * STORED_SIZE_MAX - 2);
  // 2m - popcount(m) <= index < 2(m + 1): m is at least half the index, and at most 53 steps above it
  let leaf = half(index);
  let before = nodesBefore(leaf);
  for (;;) {
    const next = nodesBefore(leaf + 1);
    if (next > index) break;
    leaf += 1;
    before = next;
  }
  const level = index - before;
  const end = leaf + 1;
  invariant(end % powerOfTwo(level) === 0, 'bad math in storedNodePosition');
  return { level, n: end / powerOfTwo(level) - 1 };
}

function nodesBefore(leaf: number): number {
  return 2 * leaf - oneBitCount(leaf);
}
