// Browser-safe.
/**
 * A keyed hash of rows of the derived index that can be summed: equal multisets of rows give equal sums, others as good as never.
 *
 * Reads  log/ (Posting), crypto/ (the key).   Used by  derived.ts, range.ts, lots.ts.
 * Source additive multiset hashing (Clarke, Devadas, van Dijk, Gassend, Suh 2003, section 5); multilinear hashing (Carter and Wegman
 *        1979); the round of HalfSipHash (Aumasson and Bernstein 2012).
 * Bound  whoever wrote the rows does not know the key, which is random in each run. Four sums of a row's characters, each times a
 *        random word of its position: two different rows agree in all four with a probability of at most 2^-68 (a difference of
 *        two characters has at most 15 trailing zero bits, so each sum agrees with at most 2^-17). Rounds under the key then break
 *        what is linear in the sums; of the result, three words are summed: other multisets agree with 2^-96.
 * Never  influences what is reported: it only says where to look.
 * @module
 */
import { assertBytes, assertText } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Posting } from '../log/index.ts';

/** Words of one digest: how many rows, then three sums modulo 2^32. */
export const DIGEST_WORDS = 4;
/** Characters that have words of their own; the store keeps no longer subject, and a hostile file's row is only hashed less well. */
const POSITIONS = 320;
const SUMS = 4;
const ROUNDS = 4;

/** Hashes rows under one key. */
export class RowHash {
  readonly #words: Int32Array;
  readonly #key: Int32Array;

  /** @param salt - random bytes, unpredictable to whoever wrote the rows. */
  constructor(salt: Uint8Array) {
    const words = new Int32Array((POSITIONS + 4) * SUMS + SUMS);
    expand(assertBytes('salt', salt), new Uint8Array(words.buffer));
    this.#key = words.subarray(0, SUMS);
    this.#words = words.subarray(SUMS);
  }

  /** Adds a row to the digest at word `at` of `digests`. */
  add(digests: Uint32Array, at: number, { subject, entry, count }: Posting): void {
    const words = this.#words;
    const length = assertText('subject', subject).length;
    const low = entry | 0;
    const high = ((entry - (low >>> 0)) / 0x1_0000_0000) | 0;
    let a = Math.imul(words[0]!, low) + Math.imul(words[4]!, high);
    let b = Math.imul(words[1]!, low) + Math.imul(words[5]!, high);
    let c = Math.imul(words[2]!, low) + Math.imul(words[6]!, high);
    let d = Math.imul(words[3]!, low) + Math.imul(words[7]!, high);
    a = (a + Math.imul(words[8]!, count) + Math.imul(words[12]!, length)) | 0;
    b = (b + Math.imul(words[9]!, count) + Math.imul(words[13]!, length)) | 0;
    c = (c + Math.imul(words[10]!, count) + Math.imul(words[14]!, length)) | 0;
    d = (d + Math.imul(words[11]!, count) + Math.imul(words[15]!, length)) | 0;
    for (let i = 0, w = 16; i < length; i++) {
      const unit = subject.charCodeAt(i);
      a = (a + Math.imul(words[w]!, unit)) | 0;
      b = (b + Math.imul(words[w + 1]!, unit)) | 0;
      c = (c + Math.imul(words[w + 2]!, unit)) | 0;
      d = (d + Math.imul(words[w + 3]!, unit)) | 0;
      w = w === LAST_WORD ? 16 : w + SUMS;
    }
    this.#mix(digests, at, [a, b, c, d]);
  }

  #mix(digests: Uint32Array, at: number, sums: readonly [number, number, number, number]): void {
    const key = this.#key;
    let v0 = key[0]! ^ sums[0];
    let v1 = key[1]! ^ sums[1];
    let v2 = key[2]! ^ sums[2];
    let v3 = key[3]! ^ sums[3];
    for (let round = 0; round < ROUNDS; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (round % 2 === 1) {
        v0 ^= key[1]!;
        v2 ^= key[2]!;
      }
    }
    digests[at] = digests[at]! + 1;
    digests[at + 1] = digests[at + 1]! + (v0 ^ key[3]!);
    digests[at + 2] = digests[at + 2]! + (v1 ^ v2);
    digests[at + 3] = digests[at + 3]! + (v3 ^ key[0]!);
  }
}

const LAST_WORD = 16 + (POSITIONS - 1) * SUMS;

/** Fills `out` with bytes that follow from the salt. */
function expand(salt: Uint8Array, out: Uint8Array): void {
  const block = new Uint8Array(salt.length + 4);
  block.set(salt);
  for (let at = 0, n = 0; at < out.length; at += 32, n++) {
    new DataView(block.buffer).setUint32(salt.length, n);
    out.set(sha256(block).subarray(0, out.length - at), at);
  }
}
