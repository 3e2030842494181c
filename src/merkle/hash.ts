// Browser-safe.
/**
 * The two hashes of the tree, kept apart by their first byte so that a leaf can never pass for a node.
 *
 * Reads  crypto/.   Used by  every file of this room, log/, audit/.
 * Source RFC 6962 section 2.1: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right), empty = SHA-256().
 * @module
 */
import { assertBytes, fromHex } from '../bytes/index.ts';
import { sha256To } from '../crypto/backend.ts';
import { sha256 } from '../crypto/index.ts';

/** Bytes of every hash in the tree. */
export const HASH_BYTES = 32;

/** Greatest number of leaves this library counts: sizes are exact integers of JavaScript. */
export const TREE_SIZE_MAX: number = Number.MAX_SAFE_INTEGER;

/** Root of the tree without leaves: SHA-256 of nothing. Do not modify. */
export const EMPTY_ROOT: Uint8Array = fromHex(
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
);

const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);
let leafInput = new Uint8Array(1024);

/**
 * Hash of a leaf that holds `entry`.
 * @throws {TypeError} if `entry` is not a Uint8Array.
 */
export function hashLeaf(entry: Uint8Array): Uint8Array {
  return sha256(leafOf(entry));
}

/** Writes the hash of a leaf that holds `entry` to `at`. */
export function hashLeafTo(entry: Uint8Array, to: Uint8Array, at: number): void {
  sha256To(leafOf(entry), to, at);
}

function leafOf(entry: Uint8Array): Uint8Array {
  const length = assertBytes('entry', entry).length + 1;
  if (length > 65_536) {
    const once = new Uint8Array(length);
    once.set(entry, 1);
    return once;
  }
  if (length > leafInput.length) leafInput = new Uint8Array(2 * length);
  leafInput.set(entry, 1);
  return leafInput.subarray(0, length);
}

/**
 * Hash of the node above `left` and `right`.
 * @throws {TypeError | RangeError} if either is not 32 bytes.
 */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(assertBytes('left', left, HASH_BYTES), 1);
  nodeInput.set(assertBytes('right', right, HASH_BYTES), 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** Writes the hash of the node above two others to `at`; they stand in `nodes` at `left` and `right`. */
export function hashNodeTo(nodes: Uint8Array, left: number, right: number, at: number): void {
  assertBytes('nodes', nodes);
  for (let i = 0; i < HASH_BYTES; i++) {
    nodeInput[1 + i] = nodes[left + i]!;
    nodeInput[1 + HASH_BYTES + i] = nodes[right + i]!;
  }
  sha256To(nodeInput, nodes, at);
}

/** True if `value` can be a hash of the tree; for hashes that strangers send. */
export function isHash(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === HASH_BYTES;
}

/** True if every item can be a hash of the tree. A hole in the array is an item that cannot: `every` would skip it. */
export function areHashes(values: readonly unknown[]): boolean {
  for (const value of values) {
    if (!isHash(value)) return false;
  }
  return true;
}
