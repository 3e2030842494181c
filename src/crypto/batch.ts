// Browser-safe.
/**
 * Many Ed25519 signatures at once: for each exactly the verdict that verify() gives it alone.
 *
 * Reads  ed25519.ts.   Used by  audit/, ledger/, and anybody with more than one signature to check.
 * Source ZIP 215, whose cofactored equation is what lets a batch and a single check agree.
 * Never  lets one bad signature change the verdict about another.
 * @module
 */
import { assertArray, assertBytes, assertObject } from '../bytes/index.ts';
import { verify } from './ed25519.ts';

/** A signature, what it is said to sign, and the key said to have made it. All three are attacker-controlled. */
export interface SignedMessage {
  /** R then S, 64 bytes; of any other length it is invalid. */
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  /** A, 32 bytes; of any other length the signature is invalid. */
  readonly publicKey: Uint8Array;
}

/** Verdicts the first batch of a verifier has room for; doubled whenever it is full. */
const ROOM_FIRST = 64;

/**
 * Checks signatures in batches: add any number of them, then take all verdicts at once. Reusable, and memory is bounded
 * by one byte for each item added: what is added is copied, and may be checked before verify() is called.
 *
 * @example
 * const batch = new BatchVerifier();
 * for (const { signature, message, publicKey } of items) batch.add(signature, message, publicKey);
 * const verdicts = batch.verify(); // 1 where verify(signature, message, publicKey) is true, else 0
 */
export class BatchVerifier {
  #verdicts: Uint8Array = new Uint8Array(ROOM_FIRST);
  #size = 0;

  /** Items added since the last verify(). */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds one item; later changes of the three arrays do not matter.
   *
   * @param signature - R then S; attacker-controlled. Any length but 64 gives verdict 0.
   * @param message   - any bytes; attacker-controlled.
   * @param publicKey - A; attacker-controlled. Any length but 32, or no point of the curve, gives verdict 0.
   * @returns the item's index in this batch, from 0.
   * @throws {TypeError} if an argument is not a Uint8Array; the item is then not added.
   */
  add(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): number {
    const verdict = verify(signature, message, publicKey);
    if (this.#size === this.#verdicts.length) this.#verdicts = grown(this.#verdicts);
    this.#verdicts[this.#size] = verdict ? 1 : 0;
    return this.#size++;
  }

  /** ZIP 215 verdicts, 1 or 0, in the order added, as a new array; the batch is empty afterwards. */
  verify(): Uint8Array {
    const verdicts = this.#verdicts.slice(0, this.#size);
    this.#size = 0;
    return verdicts;
  }
}

/**
 * ZIP 215 verdicts, one for each item, in order; those of {@link verify}.
 *
 * @throws {TypeError} if `items` is no array, or an item lacks one of its three Uint8Arrays; nothing is then checked.
 * @example
 * const [ok] = verifyBatch([{ signature, message, publicKey }]);
 */
export function verifyBatch(items: readonly SignedMessage[]): boolean[] {
  assertArray('items', items, Number.MAX_SAFE_INTEGER);
  for (let i = 0; i < items.length; i++) assertSignedMessage(items[i]!, i);
  const batch = new BatchVerifier();
  for (const { signature, message, publicKey } of items) batch.add(signature, message, publicKey);
  return Array.from(batch.verify(), (verdict) => verdict === 1);
}

function assertSignedMessage(item: SignedMessage, index: number): void {
  const title = `items[${index}]`;
  assertObject(title, item);
  assertBytes(`${title}.signature`, item.signature);
  assertBytes(`${title}.message`, item.message);
  assertBytes(`${title}.publicKey`, item.publicKey);
}

function grown(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length * 2);
  copy.set(bytes);
  return copy;
}
