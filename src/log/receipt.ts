// Browser-safe.
/**
 * Receipts: what a party keeps to show, without the log, that its entry is in the log at a place that cannot change.
 *
 * Reads  merkle/ for the proof, note/ for the checkpoint.   Used by  ledger/, cli/, consumers of `./log`.
 * Source C2SP tlog-proof (export); RFC 9162 section 2.1.3.
 * Never  trusts the receipt: size and root come from the checkpoint, after its signature was verified.
 * @module
 */
import { assertArray, assertBytes, assertFunction, assertObject } from '../bytes/index.ts';
import { checkInclusion, hashLeaf, proveInclusion, proveInclusions } from '../merkle/index.ts';
import type { NodeReader } from '../merkle/index.ts';
import {
  checkCheckpoint,
  formatTlogProof,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  parseVerifierKey,
} from '../note/index.ts';
import type { NoteVerifier } from '../note/index.ts';
import { assertStore } from './shape.ts';
import type { LogStore, StoredHead } from './store.ts';

const PROOF_MAX = 64;
const INDEXES_MAX = 1_000_000;

/** Proof that one entry is entry number `entryIndex` of a log of `size` entries. */
export interface Receipt {
  readonly entryIndex: number;
  /** Size of the checkpoint. */
  readonly size: number;
  /** Inclusion proof, lowest level first, 32 bytes each. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint note of `size`. */
  readonly checkpoint: string;
}

/** What a receipt is made from: a head of the store, or any checkpoint not larger than it. */
export type ReceiptHead = Pick<StoredHead, 'size' | 'checkpoint'>;

/**
 * Makes the receipt of entry `index` as of `head`.
 *
 * @param index - 0 .. head.size - 1.
 * @param head - from the store or from an append; its checkpoint must be signed for its size.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the store lacks a tree node.
 * @throws {TypeError | RangeError} if there is no such entry in a log of that size.
 */
export async function makeReceipt(store: LogStore, index: number, head: ReceiptHead): Promise<Receipt> {
  const [receipt] = await makeReceipts(store, [index], head);
  return receipt!;
}

/**
 * Makes the receipts of many entries as of one head, from one read; siblings that several proofs need are computed once.
 *
 * @param indexes - 0 .. head.size - 1 each; receipts come in this order.
 */
export async function makeReceipts(
  store: LogStore,
  indexes: readonly number[],
  head: ReceiptHead,
): Promise<Receipt[]> {
  assertStore('store', store);
  return makeReceiptsFrom((nodes) => store.readNodes(nodes), indexes, head);
}

/** {@link makeReceipts} from nodes a caller has at hand. */
export async function makeReceiptsFrom(
  reader: NodeReader,
  indexes: readonly number[],
  head: ReceiptHead,
): Promise<Receipt[]> {
  assertFunction('reader', reader);
  assertArray('indexes', indexes, INDEXES_MAX);
  const { size, checkpoint } = assertObject('head', head);
  const [only] = indexes;
  if (indexes.length === 1 && only !== undefined) {
    return [{ entryIndex: only, size, proof: await proveInclusion(only, size, reader), checkpoint }];
  }
  const proofs = await proveInclusions(indexes, size, reader);
  return indexes.map((entryIndex, i) => ({ entryIndex, size, proof: proofs[i]!, checkpoint }));
}

/**
 * Checks that a receipt proves `entryBytes` to be the entry it names, in the log whose key is `verifier`.
 *
 * @param receipt - attacker-controlled, of any shape.
 * @param entryBytes - the encoded entry (not the statement alone) the caller holds.
 * @param verifier - the pinned key of the log. Text is parsed anew each time, which costs about a millisecond.
 * @returns `true` only if the checkpoint is signed by that key for its own origin and the entry is under its root.
 * @throws {DecodeError | VerificationError} only if `verifier` is text and no verifier key.
 * @throws {TypeError} if `entryBytes` is no Uint8Array.
 * @example
 * const ok = checkReceipt(receipt, entryBytes, 'log.example+1a2b3c4d+AQ…');
 */
export function checkReceipt(
  receipt: Receipt,
  entryBytes: Uint8Array,
  verifier: NoteVerifier | string,
): boolean {
  assertBytes('entryBytes', entryBytes);
  const pinned = typeof verifier === 'string' ? parseVerifierKey(verifier) : verifier;
  if (typeof receipt !== 'object' || receipt === null) return false;
  const { entryIndex, size, proof, checkpoint } = receipt;
  if (typeof checkpoint !== 'string' || !Array.isArray(proof) || proof.length > PROOF_MAX) return false;
  const opened = checkCheckpoint(checkpoint, pinned);
  if (!opened.ok || opened.checkpoint.size !== size) return false;
  const { root } = opened.checkpoint;
  return checkInclusion(hashLeaf(entryBytes), entryIndex, opened.checkpoint.size, proof, root);
}

/**
 * The receipt as a C2SP tlog-proof file, which other verifiers of such logs read.
 *
 * @throws {TypeError | RangeError} on a receipt of the wrong shape.
 * @throws {DecodeError} if its checkpoint is no signed note.
 */
export function receiptToTlogProof(receipt: Receipt): string {
  const { entryIndex, proof, checkpoint } = assertObject('receipt', receipt);
  return formatTlogProof({ index: entryIndex, proof, checkpoint });
}

/**
 * Reads a receipt from a C2SP tlog-proof file; an `extra` line is dropped. Verifies nothing: see {@link checkReceipt}.
 *
 * @param text - attacker-controlled.
 * @throws {DecodeError} on anything else than a tlog-proof with a checkpoint.
 */
export function receiptFromTlogProof(text: string): Receipt {
  const { index, proof, checkpoint } = parseTlogProof(text);
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  return { entryIndex: index, size, proof, checkpoint };
}
