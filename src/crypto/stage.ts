// Browser-safe.
/**
 * Signatures that wait to be checked together, packed as the kernel reads them: no object is kept for any of them.
 *
 * Reads  key-table.ts.   Used by  batch.ts fills it, kernel-run.ts copies it into the kernel's memory.
 * Rule   what is checked is the copy made here: whoever changes his arrays afterwards changes no verdict.
 * @module
 */
import { POINT_BYTES, SIGNATURE_BYTES } from './encoding.ts';
import { KeyTable } from './key-table.ts';

/** Signatures checked in one run of the kernel; more gain nothing (see docs/kernel.md). */
export const COUNT_MAX = 8192;
/** A message longer than this is checked elsewhere: native hashing then gains more than the kernel does. */
export const MESSAGE_BYTES_MAX = 65_536;
/** Bytes of all messages of one run: bounds the memory of a thread, whatever is added. */
export const MESSAGES_BYTES_MAX = 8 * 1024 * 1024;

const COUNT_FIRST = 64;
const MESSAGES_BYTES_FIRST = 16 * 1024;

/** At most {@link COUNT_MAX} signatures over at most {@link MESSAGES_BYTES_MAX} bytes; clear() empties it. */
export class Stage {
  readonly keys: KeyTable = new KeyTable();
  /** R then S, 64 bytes each. */
  signatures: Uint8Array = new Uint8Array(COUNT_FIRST * SIGNATURE_BYTES);
  /** Number of each item's key in {@link keys}. */
  keyIndex: Uint32Array = new Uint32Array(COUNT_FIRST);
  /** Item i's message is messages[offsets[i] .. offsets[i + 1]). */
  offsets: Uint32Array = new Uint32Array(COUNT_FIRST + 1);
  messages: Uint8Array = new Uint8Array(MESSAGES_BYTES_FIRST);
  /** Index of each item in its batch, where its verdict goes. */
  places: Uint32Array = new Uint32Array(COUNT_FIRST);
  #count = 0;

  /** Items in it. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all messages in it. */
  get messageBytes(): number {
    return this.offsets[this.#count]!;
  }

  /** True if one more item with a message of this many bytes may be put. */
  hasRoom(messageBytes: number): boolean {
    return this.#count < COUNT_MAX && this.messageBytes + messageBytes <= MESSAGES_BYTES_MAX;
  }

  /** Copies one item: `signature` of 64 bytes, `publicKey` of 32, all attacker-controlled; there must be room. */
  put(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array, place: number): void {
    const index = this.#count;
    const start = this.messageBytes;
    const end = start + message.length;
    if (index === this.keyIndex.length) this.#growItems(index * 2);
    if (end > this.messages.length) this.#growMessages(end);
    this.signatures.set(signature, index * SIGNATURE_BYTES);
    this.keyIndex[index] = this.keys.indexOf(publicKey);
    this.messages.set(message, start);
    this.offsets[index + 1] = end;
    this.places[index] = place;
    this.#count = index + 1;
  }

  /** Item `index`'s signature, a view. */
  signature(index: number): Uint8Array {
    return this.signatures.subarray(index * SIGNATURE_BYTES, (index + 1) * SIGNATURE_BYTES);
  }

  /** Item `index`'s message, a view. */
  message(index: number): Uint8Array {
    return this.messages.subarray(this.offsets[index]!, this.offsets[index + 1]!);
  }

  /** Item `index`'s public key, a view. */
  publicKey(index: number): Uint8Array {
    const start = this.keyIndex[index]! * POINT_BYTES;
    return this.keys.bytes.subarray(start, start + POINT_BYTES);
  }

  /** Empties it; its memory stays, which the limits bound. */
  clear(): void {
    this.#count = 0;
    this.keys.forget();
  }

  #growItems(count: number): void {
    this.signatures = resized(this.signatures, new Uint8Array(count * SIGNATURE_BYTES));
    this.keyIndex = resized(this.keyIndex, new Uint32Array(count));
    this.offsets = resized(this.offsets, new Uint32Array(count + 1));
    this.places = resized(this.places, new Uint32Array(count));
  }

  #growMessages(bytes: number): void {
    const twice = Math.min(this.messages.length * 2, MESSAGES_BYTES_MAX);
    this.messages = resized(this.messages, new Uint8Array(Math.max(twice, bytes)));
  }
}

/** `next`, opened with all that is in `current`. */
function resized<Values extends Uint8Array | Uint32Array>(current: Values, next: Values): Values {
  next.set(current);
  return next;
}
