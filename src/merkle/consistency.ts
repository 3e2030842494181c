// Browser-safe.
/**
 * Consistency proofs: shows that an older tree is a prefix of a newer one, so nothing was changed or taken out.
 *
 * Reads  hash.ts, nodes.ts.   Used by  ledger/, audit/ between two checkpoints; later by witnesses.
 * Source RFC 6962 section 2.1.2, RFC 9162 section 2.1.4.
 * Never  trusts the proof: take sizes and roots from checkpoints whose signatures were verified.
 * @module
 */
import { assertArray, assertBytes, assertInteger, equalBytes } from '../bytes/index.ts';
import { HASH_BYTES, areHashes, hashNode } from './hash.ts';
import { half, powerOfTwoAtMost } from './integer.ts';
import { subtreeHashes, type NodeReader, type Subtree } from './nodes.ts';
import { STORED_SIZE_MAX } from './stored.ts';

/** A proof has at most one hash per level and one more; longer ones are refused before any hashing. */
const PROOF_MAX = 64;

/**
 * The proof that the tree of `sizeOld` leaves is a prefix of the tree of `sizeNew`: PROOF(sizeOld, D[0:sizeNew]).
 * @param sizeOld - 1 .. sizeNew; for equal sizes the proof is empty.
 * @param sizeNew - number of leaves, at most 2^52; must not exceed what is stored.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the reader lacks a node.
 */
export async function proveConsistency(
  sizeOld: number,
  sizeNew: number,
  reader: NodeReader,
): Promise<Uint8Array[]> {
  assertInteger('sizeNew', sizeNew, 1, STORED_SIZE_MAX);
  assertInteger('sizeOld', sizeOld, 1, sizeNew);
  const subtrees: Subtree[] = [];
  let begin = 0;
  let end = sizeNew;
  while (end !== sizeOld) {
    const middle = begin + powerOfTwoAtMost(end - begin - 1);
    if (sizeOld <= middle) {
      subtrees.push({ begin: middle, end });
      end = middle;
    } else {
      subtrees.push({ begin, end: middle });
      begin = middle;
    }
  }
  // What is left ends at sizeOld. If it is the whole old tree, the verifier has its root already.
  if (begin !== 0) subtrees.push({ begin, end });
  return subtreeHashes(subtrees.reverse(), reader);
}

/**
 * Checks that the tree of `sizeOld` leaves with `rootOld` is a prefix of the tree of `sizeNew` leaves with `rootNew`.
 *
 * Cost: at most 64 proof hashes are read, more are refused.
 *
 * @param sizeOld - number of leaves of the older tree. 0 gives `false`: an empty tree is a prefix of every tree and
 *   proves nothing; a caller who wants to allow it must say so itself.
 * @param sizeNew - number of leaves of the newer tree, from a verified checkpoint.
 * @param proof - hashes as RFC 9162 orders them; attacker-controlled. Must be empty when the sizes are equal.
 * @param rootOld - 32 bytes, from a verified checkpoint.
 * @param rootNew - 32 bytes, from a verified checkpoint.
 * @returns `true` only if the proof recomputes both roots; `false` for anything untrue or misshaped.
 * @throws {TypeError | RangeError} only if a root is not 32 bytes, or `proof` no array: caller's mistakes.
 * @see RFC 9162 section 2.1.4.2
 */
export function checkConsistency(
  sizeOld: number,
  sizeNew: number,
  proof: readonly Uint8Array[],
  rootOld: Uint8Array,
  rootNew: Uint8Array,
): boolean {
  assertBytes('rootOld', rootOld, HASH_BYTES);
  assertBytes('rootNew', rootNew, HASH_BYTES);
  assertArray('proof', proof, Number.MAX_SAFE_INTEGER); // its length is judged below, by value
  if (!Number.isSafeInteger(sizeOld) || !Number.isSafeInteger(sizeNew)) return false;
  if (sizeOld < 1 || sizeOld > sizeNew || proof.length > PROOF_MAX || !areHashes(proof)) return false;
  if (sizeOld === sizeNew) return proof.length === 0 && equalBytes(rootOld, rootNew);
  // `low` walks up from the old tree's last leaf, `high` from the new tree's; skip what both have whole.
  let low = sizeOld - 1;
  let high = sizeNew - 1;
  while (low % 2 === 1) {
    low = half(low);
    high = half(high);
  }
  // The old tree is one whole subtree exactly when nothing is left of it to the left: then its root starts the walk.
  const steps = low === 0 ? proof : proof.slice(1);
  const start = low === 0 ? rootOld : proof[0];
  if (start === undefined) return false;
  let hashOld = start;
  let hashNew = start;
  for (const step of steps) {
    if (high === 0) return false;
    if (low % 2 === 1 || low === high) {
      hashOld = hashNode(step, hashOld);
      hashNew = hashNode(step, hashNew);
      while (low % 2 === 0 && low !== 0) {
        low = half(low);
        high = half(high);
      }
    } else {
      hashNew = hashNode(hashNew, step);
    }
    low = half(low);
    high = half(high);
  }
  return high === 0 && equalBytes(hashOld, rootOld) && equalBytes(hashNew, rootNew);
}
