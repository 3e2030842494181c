// Browser-safe.
/**
 * The RFC 6962 tree: hashes, stored order, compact ranges, inclusion and consistency proofs.
 * @module
 */
export { EMPTY_ROOT, HASH_BYTES, TREE_SIZE_MAX, hashLeaf, hashNode } from './hash.ts';
export {
  STORED_SIZE_MAX,
  storedIndex,
  storedNodeCount,
  storedNodePosition,
  type NodePosition,
} from './stored.ts';
export {
  RangeBuilder,
  appendLeaf,
  emptyRange,
  fromHashes,
  mergeRanges,
  rangePositions,
  rangeRoot,
  type CompactRange,
  type OnNode,
} from './range.ts';
export { rangeFromNodes, type NodeReader } from './nodes.ts';
export { checkInclusion, proveInclusion, proveInclusions } from './inclusion.ts';
export { checkConsistency, proveConsistency } from './consistency.ts';
