/**
 * A small tree in memory: entries, stored nodes and a reader, for the tests of this room.
 * @module
 */
import { RangeBuilder, hashLeaf, type NodeReader } from '../../src/merkle/index.ts';

/** Size of the largest tree that the tests enumerate completely. */
export const SIZE_MAX = 130;

/** The entry of leaf i. */
export function entryOf(i: number): Uint8Array {
  return Uint8Array.of(i >>> 8, i & 255, 7);
}

export interface World {
  entries: Uint8Array[];
  leaves: Uint8Array[];
  /** roots[size] */
  roots: Uint8Array[];
  nodes: Uint8Array[];
  reader: NodeReader;
}

/** Builds the tree of `size` leaves by appending one leaf at a time. */
export function buildWorld(size: number): World {
  const entries = Array.from({ length: size }, (_, i) => entryOf(i));
  const leaves = entries.map(hashLeaf);
  const builder = new RangeBuilder();
  const roots = [builder.root()];
  const nodes: Uint8Array[] = [];
  for (const leaf of leaves) {
    nodes.push(...builder.append(leaf));
    roots.push(builder.root());
  }
  const reader: NodeReader = (indexes) => Promise.resolve(indexes.map((index) => nodes[index]));
  return { entries, leaves, roots, nodes, reader };
}

/** A copy with one bit turned over. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >>> 3]! ^= 1 << (bit & 7);
  return out;
}
