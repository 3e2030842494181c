// Browser-safe.
/**
 * Reading the tree: hashes of any subtree, computed from stored nodes that a caller's reader hands over.
 *
 * Reads  range.ts, stored.ts.   Used by  inclusion.ts, consistency.ts, log/ when it opens a store.
 * Rule   one batched read per question; the reader may be a database, a tile cache or an array.
 * Never  believes that a node is there: a missing or misshaped one is a damaged store.
 * @module
 */
import { assertArray, assertFunction, assertInteger } from '../bytes/index.ts';
import { StoreError, invariant } from '../errors.ts';
import { hashNode, isHash } from './hash.ts';
import { rangePositions, type CompactRange } from './range.ts';
import { STORED_SIZE_MAX, storedIndex } from './stored.ts';

/**
 * Returns the nodes at these stored indexes, in the order asked, `undefined` for one that is absent.
 * Must reject only when reading itself failed.
 */
export type NodeReader = (storedIndexes: readonly number[]) => Promise<readonly (Uint8Array | undefined)[]>;

/** Leaves [begin, end), where `begin` is a multiple of a power of two not below the length: a subtree of some tree. */
export interface Subtree {
  readonly begin: number;
  readonly end: number;
}

/**
 * RFC 6962 hashes of subtrees, in the order given, from one read.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the reader lacks a node.
 */
export async function subtreeHashes(subtrees: readonly Subtree[], reader: NodeReader): Promise<Uint8Array[]> {
  const parts = subtrees.map(({ begin, end }) => rangePositions(begin, end));
  const nodes = await readNodes(
    parts.flat().map(({ level, n }) => storedIndex(level, n)),
    reader,
  );
  let offset = 0;
  return parts.map((positions) => {
    offset += positions.length;
    let hash = nodes[offset - 1];
    invariant(hash !== undefined, 'empty subtree in subtreeHashes');
    for (let i = offset - 2; i >= offset - positions.length; i--) hash = hashNode(nodes[i]!, hash);
    return hash;
  });
}

/**
 * The compact range [0, size) of a stored tree.
 * @param size - number of leaves, 0 .. 2^52; must not exceed what is stored.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the reader lacks a node.
 */
export async function rangeFromNodes(size: number, reader: NodeReader): Promise<CompactRange> {
  assertInteger('size', size, 0, STORED_SIZE_MAX);
  const indexes = rangePositions(0, size).map(({ level, n }) => storedIndex(level, n));
  return { begin: 0, end: size, hashes: await readNodes(indexes, reader) };
}

async function readNodes(indexes: readonly number[], reader: NodeReader): Promise<Uint8Array[]> {
  assertFunction('reader', reader);
  if (indexes.length === 0) return [];
  const nodes = assertArray('nodes', await reader(indexes), Infinity);
  return indexes.map((index, i) => {
    const node = nodes[i];
    if (isHash(node)) return node;
    throw new StoreError('ERR_STORE_CORRUPT', `couldn't read tree node ${index}: missing or misshaped`, {
      details: { node: index },
    });
  });
}
