// Browser-safe.
/**
 * Inclusion proofs: shows that one leaf is in the tree of a given size.
 *
 * Reads  hash.ts, nodes.ts.   Used by  log/ (receipts), audit/, cli verify.
 * Source RFC 6962 section 2.1.1, RFC 9162 section 2.1.3; length rule after transparency-dev/merkle.
 * Never  trusts `index`, `size` or the proof: take `size` and `root` from a checkpoint whose signature was verified.
 * @module
 */
import { assertArray, assertBytes, assertInteger, equalBytes } from '../bytes/index.ts';
import { HASH_BYTES, areHashes, hashNode } from './hash.ts';
import { half, oneBitCount, powerOfTwoAtMost } from './integer.ts';
import { subtreeHashes, type NodeReader, type Subtree } from './nodes.ts';
import { STORED_SIZE_MAX } from './stored.ts';

/**
 * The proof that leaf `index` is in the tree of `size` leaves: PATH(index, D[0:size]), at most 53 hashes.
 * @param index - 0-based, below `size`.
 * @param size - number of leaves, 1 .. 2^52; must not exceed what is stored.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the reader lacks a node.
 */
export async function proveInclusion(index: number, size: number, reader: NodeReader): Promise<Uint8Array[]> {
  assertInteger('size', size, 1, STORED_SIZE_MAX);
  assertInteger('index', index, 0, size - 1);
  const siblings: Subtree[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + powerOfTwoAtMost(end - begin - 1);
    if (index < middle) {
      siblings.push({ begin: middle, end });
      end = middle;
    } else {
      siblings.push({ begin, end: middle });
      begin = middle;
    }
  }
  return subtreeHashes(siblings.reverse(), reader);
}

/**
 * The proofs of many leaves in one tree, as {@link proveInclusion} gives them, from one read; each sibling is computed once.
 * @param indexes - 0-based, below `size`, any order; proofs come in this order, their hashes shared. At most 2^20.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the reader lacks a node.
 */
export async function proveInclusions(
  indexes: readonly number[],
  size: number,
  reader: NodeReader,
): Promise<Uint8Array[][]> {
  assertInteger('size', size, 1, STORED_SIZE_MAX);
  for (const index of assertArray('indexes', indexes, INDEXES_MAX)) {
    assertInteger('index', index, 0, size - 1);
  }
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const siblings: Sibling[] = [];
  collectSiblings(sorted, 0, sorted.length, { begin: 0, end: size }, siblings);
  const hashes = await subtreeHashes(
    siblings.map(({ subtree }) => subtree),
    reader,
  );
  const proofs = sorted.map((): Uint8Array[] => []);
  for (const [i, { first, end }] of siblings.entries()) {
    for (let at = first; at < end; at++) proofs[at]!.push(hashes[i]!);
  }
  const places = new Map(sorted.map((index, at) => [index, at]));
  return indexes.map((index) => proofs[places.get(index)!]!.slice());
}

const INDEXES_MAX = 0x10_0000;

/** A subtree that the leaves number `first` to `end` of those asked for need beside their own. */
interface Sibling {
  readonly subtree: Subtree;
  readonly first: number;
  readonly end: number;
}

/** Lists, lowest first, what the leaves sorted[first, end) need of the subtree that holds them; at most 53 calls deep. */
function collectSiblings(
  sorted: readonly number[],
  first: number,
  end: number,
  within: Subtree,
  siblings: Sibling[],
): void {
  if (within.end - within.begin === 1 || first === end) return;
  const middle = within.begin + powerOfTwoAtMost(within.end - within.begin - 1);
  let cut = first;
  while (cut < end && sorted[cut]! < middle) cut++;
  const left = { begin: within.begin, end: middle };
  const right = { begin: middle, end: within.end };
  collectSiblings(sorted, first, cut, left, siblings);
  collectSiblings(sorted, cut, end, right, siblings);
  if (cut > first) siblings.push({ subtree: right, first, end: cut });
  if (end > cut) siblings.push({ subtree: left, first: cut, end });
}

/**
 * Checks that `leafHash` is leaf number `index` of the tree of `size` leaves that `root` commits to.
 *
 * Cost: the length of the proof must be exactly what `index` and `size` ask, so at most 53 hashes are computed.
 *
 * @param leafHash - 32 bytes, already domain-separated (see hashLeaf).
 * @param index - 0-based position; attacker-controlled.
 * @param size - number of leaves (a count, not a byte length), from a verified checkpoint.
 * @param proof - sibling hashes, lowest level first; attacker-controlled.
 * @param root - 32-byte root from the same verified checkpoint.
 * @returns `true` only if the path recomputes to `root`; `false` for any untrue or misshaped index, size or proof.
 * @throws {TypeError | RangeError} only if `leafHash` or `root` is not 32 bytes, or `proof` no array: caller's mistakes.
 * @example
 * const ok = checkInclusion(hashLeaf(entry), 3, checkpoint.size, proof, checkpoint.root);
 * @see RFC 9162 section 2.1.3.2
 */
export function checkInclusion(
  leafHash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  assertBytes('leafHash', leafHash, HASH_BYTES);
  assertBytes('root', root, HASH_BYTES);
  assertArray('proof', proof, Number.MAX_SAFE_INTEGER); // its length is judged below, by value
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  // The paths of `index` and of the last leaf meet after `inner` steps; above that every sibling is on the left.
  let inner = 0;
  let above = index;
  for (let last = size - 1; above !== last; last = half(last)) {
    above = half(above);
    inner += 1;
  }
  if (proof.length !== inner + oneBitCount(above) || !areHashes(proof)) return false;
  let hash = leafHash;
  let position = index;
  for (const [i, sibling] of proof.entries()) {
    const isLeftChild = i < inner && position % 2 === 0;
    hash = isLeftChild ? hashNode(hash, sibling) : hashNode(sibling, hash);
    position = half(position);
  }
  return equalBytes(hash, root);
}
