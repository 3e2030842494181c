// Browser-safe.
/**
 * Locating damage: the first entry that is not the one the signed root commits to.
 *
 * Reads  merkle/, log/.   Used by  audit.ts, only on a damaged log.
 * Method stored tree nodes are believed only as far as they hash up to the signed root; then the walk goes down, left side
 *        first, into the subtree whose entries give another hash. Cost: each entry is hashed at most about twice.
 * @module
 */
import { equalBytes } from '../bytes/index.ts';
import type { LogStore } from '../log/index.ts';
import {
  hashLeaf,
  hashNode,
  RangeBuilder,
  rangeFromNodes,
  rangePositions,
  rangeRoot,
  storedIndex,
} from '../merkle/index.ts';
import { emptyRange } from '../merkle/index.ts';
import { readBlocks } from './entries.ts';

/**
 * Index of the first entry of [0, size) that is missing or has other bytes than the root commits to.
 * @param root - root of a signed checkpoint of `size`, 32 bytes.
 * @returns undefined if the stored nodes do not lead up to the root, so nothing can be located.
 */
export async function locateFirstBad(
  store: LogStore,
  size: number,
  root: Uint8Array,
): Promise<number | undefined> {
  const read = (indexes: readonly number[]) => store.readNodes(indexes);
  try {
    if (!equalBytes(rangeRoot(await rangeFromNodes(size, read)), root)) return undefined;
  } catch {
    return undefined;
  }
  for (const { level, n } of rangePositions(0, size)) {
    const [hash] = await read([storedIndex(level, n)]);
    if (hash === undefined) return undefined;
    if (await holds(store, level, n, hash)) continue;
    return descend(store, level, n, hash);
  }
  return undefined;
}

async function descend(
  store: LogStore,
  level: number,
  n: number,
  hash: Uint8Array,
): Promise<number | undefined> {
  let node = { level, n, hash };
  while (node.level > 0) {
    const below = node.level - 1;
    const [left, right] = await store.readNodes([
      storedIndex(below, 2 * node.n),
      storedIndex(below, 2 * node.n + 1),
    ]);
    if (left === undefined || right === undefined || !equalBytes(hashNode(left, right), node.hash))
      return undefined;
    const leftHolds = await holds(store, below, 2 * node.n, left);
    node = leftHolds
      ? { level: below, n: 2 * node.n + 1, hash: right }
      : { level: below, n: 2 * node.n, hash: left };
  }
  return node.n;
}

/** True if the entries of a perfect subtree give its hash. */
async function holds(store: LogStore, level: number, n: number, hash: Uint8Array): Promise<boolean> {
  let count = 1;
  for (let i = 0; i < level; i++) count *= 2;
  const builder = new RangeBuilder(emptyRange());
  for await (const block of readBlocks(store, n * count, (n + 1) * count)) {
    for (const { bytes } of block) builder.append(hashLeaf(bytes));
  }
  const range = builder.range();
  return range.end === count && equalBytes(rangeRoot(range), hash);
}
