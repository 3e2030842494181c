// Browser-safe.
/**
 * The distinct public keys of a batch, each once, in the order first seen: few keys sign many messages.
 *
 * Reads  random.ts.   Used by  stage.ts.
 * Source multilinear hashing of 16-bit pieces: two different keys collide with probability 2^-16 over the multipliers, and
 *        these are random, so that nobody can choose keys that make the table slow.
 * Never  trusts a hash to tell keys apart: the bytes are compared.
 * @module
 */
import { fillRandom, hasRandom } from './random.ts';

const KEY_BYTES = 32;
const PIECES = KEY_BYTES / 2;
const WORDS = KEY_BYTES / 4;
/** Bits of a hash that are used: as many as stay universal with 16-bit pieces in 32-bit arithmetic. */
const HASH_BITS = 16;
/** Keys a table can hold, so that half of its slots stay empty. */
export const KEYS_MAX: number = 1 << (HASH_BITS - 1);
const EMPTY = 0xffff;

/** A table for at most {@link KEYS_MAX} keys; forget() empties it. */
export class KeyTable {
  /** The keys, 32 bytes each; those from {@link count} on mean nothing. */
  bytes: Uint8Array;
  #count = 0;
  #pieces: Uint16Array;
  #words: Uint32Array;
  #slots: Uint16Array;
  #shift: number;
  readonly #multipliers = randomMultipliers();

  constructor() {
    this.bytes = new Uint8Array(0);
    this.#pieces = new Uint16Array(0);
    this.#words = new Uint32Array(0);
    this.#slots = new Uint16Array(0);
    this.#shift = 0;
    this.#resize(16);
  }

  /** Distinct keys since the last forget(). */
  get count(): number {
    return this.#count;
  }

  /** The number of `key` (32 bytes; attacker-controlled), from 0 in the order first seen. At most {@link KEYS_MAX} may differ. */
  indexOf(key: Uint8Array): number {
    const next = this.#count;
    // The candidate lies where the next key would: two views of the same bytes hash and compare it.
    this.bytes.set(key, next * KEY_BYTES);
    const mask = this.#slots.length - 1;
    let slot = this.#hash(next) >>> this.#shift;
    for (;;) {
      const found = this.#slots[slot]!;
      if (found === EMPTY) break;
      if (this.#equal(found, next)) return found;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = next;
    this.#count = next + 1;
    if (this.#count * 2 === this.#slots.length && this.#count < KEYS_MAX) this.#resize(this.#count * 2);
    return next;
  }

  /** Empties the table; its memory stays. */
  forget(): void {
    this.#count = 0;
    this.#slots.fill(EMPTY);
  }

  #hash(index: number): number {
    const first = index * PIECES;
    let sum = 0;
    for (let i = 0; i < PIECES; i++) {
      sum = (sum + Math.imul(this.#multipliers[i]!, this.#pieces[first + i]!)) | 0;
    }
    return sum >>> HASH_BITS;
  }

  #equal(a: number, b: number): boolean {
    const [first, second] = [a * WORDS, b * WORDS];
    for (let i = 0; i < WORDS; i++) {
      if (this.#words[first + i] !== this.#words[second + i]) return false;
    }
    return true;
  }

  /** Room for `keys` keys and one candidate, in twice as many slots. */
  #resize(keys: number): void {
    const bytes = new Uint8Array((keys + 1) * KEY_BYTES);
    bytes.set(this.bytes.subarray(0, this.#count * KEY_BYTES));
    this.bytes = bytes;
    this.#pieces = new Uint16Array(bytes.buffer);
    this.#words = new Uint32Array(bytes.buffer);
    this.#slots = new Uint16Array(keys * 2).fill(EMPTY);
    this.#shift = HASH_BITS - log2(keys * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#count; i++) {
      let slot = this.#hash(i) >>> this.#shift;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.#slots[slot] = i;
    }
  }
}

function log2(powerOfTwo: number): number {
  let bits = 0;
  while (1 << bits < powerOfTwo) bits++;
  return bits;
}

/** Random where it can be; without a generator there is no kernel either, and then nothing is looked up here. */
function randomMultipliers(): Int32Array {
  const multipliers = new Int32Array(PIECES);
  if (hasRandom()) fillRandom(new Uint8Array(multipliers.buffer));
  return multipliers;
}
