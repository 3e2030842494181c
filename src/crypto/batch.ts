// Browser-safe.
/**
 * Many Ed25519 signatures at once: for each exactly the verdict that verify() gives it alone.
 *
 * Reads  stage.ts packs them, kernel-run.ts checks them where kernel.ts has a kernel, ed25519.ts where it has none.
 *        Used by  audit/, ledger/, and anybody with more than one signature to check.
 * Source ZIP 215, whose cofactored equation is what lets a batch and a single check agree; soundness: docs/kernel.md.
 * Never  lets one bad signature change the verdict about another.
 * @module
 */
import { assertArray, assertBytes, assertObject } from '../bytes/index.ts';
import { nativeCrypto } from './backend.ts';
import { verify } from './ed25519.ts';
import { POINT_BYTES, SIGNATURE_BYTES } from './encoding.ts';
import { confirmRefusal } from './exact.ts';
import { KERNEL_AFTER, isKernelMade, kernel } from './kernel.ts';
import { runAll } from './kernel-run.ts';
import { MESSAGE_BYTES_MAX, Stage } from './stage.ts';

/** A signature, what it is said to sign, and the key said to have made it. All three are attacker-controlled. */
export interface SignedMessage {
  /** R then S, 64 bytes; of any other length it is invalid. */
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  /** A, 32 bytes; of any other length the signature is invalid. */
  readonly publicKey: Uint8Array;
}

/** Verdicts a new verifier has room for; doubled whenever it is full. */
const ROOM_FIRST = 64;

/**
 * Checks signatures in batches: add any number of them, then take all verdicts at once. Reusable. What is added is copied and
 * checked in runs of at most 8,192, so memory stays bounded but for one byte an item, and some calls of add() take as long as a run.
 *
 * @example
 * const batch = new BatchVerifier();
 * for (const { signature, message, publicKey } of items) batch.add(signature, message, publicKey);
 * const verdicts = batch.verify(); // 1 where verify(signature, message, publicKey) is true, else 0
 */
export class BatchVerifier {
  readonly #stage = new Stage();
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
   * @throws {InternalError} if the kernel contradicts noble or itself; the batch is then empty.
   */
  add(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): number {
    assertBytes('signature', signature);
    assertBytes('message', message);
    assertBytes('publicKey', publicKey);
    const place = this.#size;
    if (place === this.#verdicts.length) this.#verdicts = grown(this.#verdicts);
    this.#verdicts[place] = 0;
    if (signature.length === SIGNATURE_BYTES && publicKey.length === POINT_BYTES) {
      if (message.length > MESSAGE_BYTES_MAX) {
        this.#verdicts[place] = verify(signature, message, publicKey) ? 1 : 0;
      } else {
        if (!this.#stage.hasRoom(message.length)) this.#run();
        this.#stage.put(signature, message, publicKey, place);
      }
    }
    this.#size = place + 1;
    return place;
  }

  /**
   * ZIP 215 verdicts, 1 or 0, in the order added, as a new array; the batch is empty afterwards.
   * @throws {InternalError} if the kernel contradicts noble or itself; the batch is then empty too.
   */
  verify(): Uint8Array {
    this.#run();
    const verdicts = this.#verdicts.slice(0, this.#size);
    this.#size = 0;
    return verdicts;
  }

  /** Writes the verdicts of what is staged, and empties the stage. */
  #run(): void {
    try {
      checkStage(this.#stage, this.#verdicts);
    } catch (error) {
      this.#size = 0;
      throw error;
    } finally {
      this.#stage.clear();
    }
  }
}

/**
 * ZIP 215 verdicts, one for each item, in order; those of {@link verify}.
 *
 * Cost: about ten microseconds an item by the kernel, in batches of thousands by few keys; {@link verify} one by one where there is none.
 *
 * @throws {TypeError} if `items` is no array, or an item lacks one of its three Uint8Arrays; nothing is then checked.
 * @example
 * const [ok] = verifyBatch([{ signature, message, publicKey }]);
 */
export function verifyBatch(items: readonly SignedMessage[]): boolean[] {
  assertArray('items', items, Number.MAX_SAFE_INTEGER);
  for (let i = 0; i < items.length; i++) assertSignedMessage(items[i]!, i);
  if (items.length < 2 || !isKernelWorth(items.length)) {
    return items.map(({ signature, message, publicKey }) => verify(signature, message, publicKey));
  }
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

/** Writes the verdict of each item of a stage to its place in `verdicts`. */
function checkStage(stage: Stage, verdicts: Uint8Array): void {
  const { count, places } = stage;
  if (count === 0) return;
  const engine = isKernelWorth(count) ? kernel() : undefined;
  const results = engine === undefined ? undefined : runAll(engine, stage);
  for (let i = 0; i < count; i++) {
    verdicts[places[i]!] = results?.[i] ?? checkAlone(stage, i);
    if (results?.[i] === 0) confirmRefusal(stage, i);
  }
}

/** False while a native engine is installed and the kernel not yet made: a few signatures do not pay for that. */
function isKernelWorth(count: number): boolean {
  return isKernelMade() || nativeCrypto() === undefined || count >= KERNEL_AFTER;
}

function checkAlone(stage: Stage, index: number): number {
  return verify(stage.signature(index), stage.message(index), stage.publicKey(index)) ? 1 : 0;
}

function grown(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length * 2);
  copy.set(bytes);
  return copy;
}
