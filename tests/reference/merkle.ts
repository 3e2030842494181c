/**
 * The RFC 6962 tree written as the RFC writes it: recursive, slow, and sharing no code with src/merkle.
 *
 * Source RFC 6962 sections 2.1, 2.1.1 and 2.1.2; RFC 9162 section 2.1.3.2 for the checker.
 * @module
 */
import { createHash } from 'node:crypto';

function sha256(...parts: Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** Hash of one leaf's entry. */
export function referenceLeaf(entry: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0), entry);
}

/** Largest power of two strictly below n, n > 1. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH(D[n]) over entries. */
export function referenceRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return referenceLeaf(entries[0]!);
  const k = split(entries.length);
  return sha256(Uint8Array.of(1), referenceRoot(entries.slice(0, k)), referenceRoot(entries.slice(k)));
}

/** PATH(m, D[n]). */
export function referencePath(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  const n = entries.length;
  if (n === 1) return [];
  const k = split(n);
  return m < k
    ? [...referencePath(m, entries.slice(0, k)), referenceRoot(entries.slice(k))]
    : [...referencePath(m - k, entries.slice(k)), referenceRoot(entries.slice(0, k))];
}

/** PROOF(m, D[n]), 0 < m <= n. */
export function referenceProof(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  return subproof(m, entries, true);
}

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  const n = entries.length;
  if (m === n) return whole ? [] : [referenceRoot(entries)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), whole), referenceRoot(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), referenceRoot(entries.slice(0, k))];
}

/** Root that a leaf and its path lead to, by recursion on the tree's shape; undefined if the path has another length. */
export function referenceRootFromPath(
  leaf: Uint8Array,
  m: number,
  n: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (n === 1) return path.length === 0 ? leaf : undefined;
  const sibling = path.at(-1);
  if (sibling === undefined) return undefined;
  const k = split(n);
  const below =
    m < k
      ? referenceRootFromPath(leaf, m, k, path.slice(0, -1))
      : referenceRootFromPath(leaf, m - k, n - k, path.slice(0, -1));
  if (below === undefined) return undefined;
  return m < k ? sha256(Uint8Array.of(1), below, sibling) : sha256(Uint8Array.of(1), sibling, below);
}
