/**
 * Seeded randomness: named, independent streams that give the same numbers on every machine.
 *
 * Reads  nothing.   Used by  every part of the simulation.
 * Source xoshiro128** 1.1 by Blackman and Vigna; the state is the SHA-256 of the stream's name, so streams never overlap.
 * Never  used for real keys or ids: whoever knows the seed knows all of them.
 * @module
 */
import { createHash } from 'node:crypto';

/** Letters and digits a scanner cannot mistake: no I, L, O, U; 32 of them, so a character carries 5 bits. */
const SERIAL_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TOKEN_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A stream of pseudo-random numbers. */
export class Random {
  readonly #name: string;
  readonly #state: Uint32Array;

  /** @param name - whole name of the stream; equal names give equal streams. */
  constructor(name: string) {
    this.#name = name;
    const digest = createHash('sha256').update(`countermark simulation\n${name}`).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)));
  }

  /** An independent stream below this one; taking numbers from one changes nothing in the other. */
  fork(name: string): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** 32 bytes for a key seed, a function of the stream's name and `name` alone. */
  seed32(name: string): Uint8Array {
    return Uint8Array.from(
      createHash('sha256').update(`countermark simulation key\n${this.#name}/${name}`).digest(),
    );
  }

  /** The next 32 bits, 0 .. 2^32-1. */
  uint32(): number {
    const state = this.#state;
    const [s0, s1, s2, s3] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    state[2] = s2 ^ s0;
    state[3] = s3 ^ s1;
    state[1] = s1 ^ state[2];
    state[0] = s0 ^ state[3];
    state[2] ^= s1 << 9;
    state[3] = rotate(state[3], 11);
    return result;
  }

  /** A fraction in [0, 1). */
  fraction(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** True with probability `p`, 0 .. 1. */
  chance(p: number): boolean {
    return this.fraction() < p;
  }

  /** An integer in [first, last], both inclusive. */
  between(first: number, last: number): number {
    return first + Math.floor(this.fraction() * (last - first + 1));
  }

  /** One item of a list that has some. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('pick from an empty list');
    return item;
  }

  /** A new list with the same items in random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  }

  /** A serial number of `length` characters, 5 bits each. */
  serial(length: number): string {
    return this.#text(SERIAL_ALPHABET, 5, length);
  }

  /** A random id of 22 characters, 6 bits each: a treatment, a supply, a consumer's session. */
  token(): string {
    return this.#text(TOKEN_ALPHABET, 6, 22);
  }

  #text(alphabet: string, bits: number, length: number): string {
    let text = '';
    while (text.length < length) {
      let word = this.uint32();
      for (let left = 32; left >= bits && text.length < length; left -= bits) {
        text += alphabet[word & (alphabet.length - 1)]!;
        word >>>= bits;
      }
    }
    return text;
  }
}

function rotate(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}
