/**
 * Signatures whose ZIP 215 verdict is known by algebra: millions of them, good, spoilt and strange, from one seed.
 *
 * Method every point comes from a pool that remembers its discrete logarithm in the prime-order group; what ZIP 215 multiplies
 *        by the cofactor, any torsion, drops out. So a signature is valid exactly if all encodings can be read, S < L and
 *        S = r + h a (mod L), which costs one hash. A point whose logarithm nobody knows fits S with probability 2^-252.
 * Reads  curve.ts, node:crypto for the hash.   Used by  tests of crypto/kernel.ts and its like; checked itself against noble.
 * @module
 */
import { createHash } from 'node:crypto';
import * as ed from '@noble/ed25519';
import { encodeY, nonCanonicalEncodings, ORDER, smallOrderEncodings, smallOrderPoints } from './curve.ts';

/** One signature and its verdict. */
export interface SignedCase {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly valid: boolean;
  /** What was done to it. */
  readonly kind: Kind;
}

const KINDS = [
  'honest',
  'mixed order',
  'small order',
  'bit of R',
  'bit of S',
  'bit of A',
  'bit of message',
  'message cut',
  'S + multiple of L',
  'special S',
  'other R',
  'other A',
  'not canonical',
  'random',
] as const;
export type Kind = (typeof KINDS)[number];

/** Scalars at the borders of what S may be, and beyond. */
const SPECIAL_S: readonly bigint[] = [
  0n,
  1n,
  ORDER - 1n,
  ORDER,
  ORDER + 1n,
  2n ** 252n - 1n,
  2n ** 252n,
  2n ** 253n,
  2n ** 255n - 1n,
  2n ** 255n,
  2n ** 256n - 1n,
];

/** Seeded bytes and numbers: SHA-512 of a counter. */
export class Seeded {
  readonly #name: string;
  #counter = 0;
  #block: Buffer = Buffer.alloc(0);
  #used = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** `length` bytes. */
  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.#byte();
    return out;
  }

  /** An integer below `n` (at most 65,536; the bias does not matter here). */
  below(n: number): number {
    return (this.#byte() * 256 + this.#byte()) % n;
  }

  #byte(): number {
    if (this.#used === this.#block.length) {
      this.#block = createHash('sha512').update(`${this.#name} ${this.#counter++}`).digest();
      this.#used = 0;
    }
    return this.#block[this.#used++]!;
  }
}

/** A point as it is written, and its logarithm. */
interface Known {
  readonly bytes: Uint8Array;
  readonly log: bigint;
}

/** Points to sign with: for each of `count` logarithms, the point alone and with each torsion point added. */
function pool(count: number, seeded: Seeded, torsion: readonly ed.Point[]): readonly (readonly Known[])[] {
  return Array.from({ length: count }, () => {
    const log = scalarOf(seeded.bytes(32)) % ORDER;
    const point = ed.Point.BASE.multiply(log);
    return torsion.map((part) => ({ bytes: point.add(part).toBytes(), log }));
  });
}

/** An endless source of cases: the same for the same seed and number of keys. */
export class SignedCases {
  readonly #seeded: Seeded;
  readonly #keys: readonly (readonly Known[])[];
  readonly #nonces: readonly (readonly Known[])[];
  readonly #small: readonly Known[];
  readonly #strange: readonly Uint8Array[];
  readonly #logs = new Map<string, bigint>();

  constructor(seed: string, keyCount = 16, nonceCount = 64) {
    this.#seeded = new Seeded(seed);
    const torsion = smallOrderPoints();
    this.#keys = pool(keyCount, this.#seeded, torsion);
    this.#nonces = pool(nonceCount, this.#seeded, torsion);
    this.#small = smallOrderEncodings().map((bytes) => ({ bytes, log: 0n }));
    this.#strange = [...nonCanonicalEncodings(), ...[2n, 3n, 4n, 5n, 6n, 7n].map((y) => encodeY(y))];
    for (const { bytes, log } of [...this.#keys, ...this.#nonces, this.#small].flat()) {
      this.#logs.set(nameOf(bytes), log);
    }
  }

  /** A case of each kind. */
  each(): readonly SignedCase[] {
    return KINDS.map((kind) => this.next(kind));
  }

  /** One case; of any kind where none is named, every other one honest. Its message has `bytes` bytes, or any few hundred. */
  next(
    kind: Kind = this.#kind(),
    bytes: number = this.#seeded.below(8) === 0 ? 0 : this.#seeded.below(400),
  ): SignedCase {
    const message = this.#seeded.bytes(bytes);
    const mixed = kind !== 'honest' && this.#seeded.below(2) === 0;
    const key = kind === 'small order' ? this.#any([this.#small]) : this.#any(this.#keys, mixed);
    const nonce = this.#smallNonce(kind) ? this.#any([this.#small]) : this.#any(this.#nonces, mixed);
    const s = modulo(nonce.log + challenge(nonce.bytes, key.bytes, message) * key.log);
    const parts = this.#spoil(kind, { r: nonce.bytes, s, a: key.bytes, message });
    const signature = new Uint8Array(64);
    signature.set(parts.r);
    signature.set(encodeY(parts.s), 32);
    return { signature, message: parts.message, publicKey: parts.a, valid: this.isValid(parts), kind };
  }

  /** ZIP 215's verdict by the logarithms. */
  isValid({ r, s, a, message }: Parts): boolean {
    const [nonce, key] = [this.#logs.get(nameOf(r)), this.#logs.get(nameOf(a))];
    if (nonce === undefined || key === undefined || s >= ORDER) return false;
    return modulo(nonce + challenge(r, a, message) * key - s) === 0n;
  }

  #kind(): Kind {
    return this.#seeded.below(2) === 0 ? 'honest' : KINDS[this.#seeded.below(KINDS.length)]!;
  }

  #spoil(kind: Kind, good: Parts): Parts {
    const seeded = this.#seeded;
    switch (kind) {
      case 'bit of R':
        return { ...good, r: flipped(good.r, seeded.below(256)) };
      case 'bit of S':
        return { ...good, s: good.s ^ (1n << BigInt(seeded.below(256))) };
      case 'bit of A':
        return { ...good, a: flipped(good.a, seeded.below(256)) };
      case 'bit of message':
        if (good.message.length === 0) return { ...good, message: Uint8Array.of(0) };
        return { ...good, message: flipped(good.message, seeded.below(good.message.length * 8)) };
      case 'message cut':
        return { ...good, message: good.message.subarray(1) };
      case 'S + multiple of L':
        return { ...good, s: good.s + ORDER * BigInt(1 + seeded.below(14)) };
      case 'special S':
        return { ...good, s: SPECIAL_S[seeded.below(SPECIAL_S.length)]! };
      case 'other R':
        return { ...good, r: this.#any(this.#nonces, true).bytes };
      case 'other A':
        return { ...good, a: this.#any(this.#keys, true).bytes };
      case 'not canonical':
        if (seeded.below(2) === 0) return { ...good, r: this.#strangePoint() };
        return { ...good, a: this.#strangePoint() };
      case 'random':
        return { ...good, r: seeded.bytes(32), s: scalarOf(seeded.bytes(32)), a: seeded.bytes(32) };
      default:
        return good;
    }
  }

  #smallNonce(kind: Kind): boolean {
    return kind !== 'honest' && this.#seeded.below(kind === 'small order' ? 2 : 8) === 0;
  }

  #any(points: readonly (readonly Known[])[], mixed = true): Known {
    const chosen = points[this.#seeded.below(points.length)]!;
    return chosen[mixed ? this.#seeded.below(chosen.length) : 0]!;
  }

  #strangePoint(): Uint8Array {
    return this.#strange[this.#seeded.below(this.#strange.length)]!;
  }
}

interface Parts {
  readonly r: Uint8Array;
  readonly s: bigint;
  readonly a: Uint8Array;
  readonly message: Uint8Array;
}

/** The hash that ZIP 215 and RFC 8032 multiply the key by, mod L. */
function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  return scalarOf(createHash('sha512').update(r).update(a).update(message).digest()) % ORDER;
}

function scalarOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value = 0n;
  for (let i = bytes.length - 8; i >= 0; i -= 8) value = (value << 64n) | view.getBigUint64(i, true);
  return value;
}

function modulo(value: bigint): bigint {
  return ((value % ORDER) + ORDER) % ORDER;
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >>> 3]! ^= 1 << (bit & 7);
  return out;
}

function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
