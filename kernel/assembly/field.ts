/**
 * Field elements, four at a time: sums, carries, canonical form, powers.
 *
 * Reads  products.ts, whose head describes the layout of an element (160 bytes).   Used by  point.ts, decompress.ts.
 * Source RFC 8032 section 5.1; addition chain of 2^252 - 3 as in RFC 7748's reference implementations.
 * Bounds stated per function in units of M = 4867, the greatest limb of a product (docs/kernel.md).
 * @module
 */
import { multiply, square, squareTimes } from './products';

/** Bytes of four field elements. */
export const ELEMENT: usize = 160;

/** Twenty limbs of one element in all four lanes. */
export function broadcast(dst: usize, limbs: usize): void {
  for (let j: usize = 0; j < 10; j++) v128.store(dst + 16 * j, v128.load32_splat(limbs + 4 * j));
}

/** dst = a + b; the bounds add. */
export function add(dst: usize, a: usize, b: usize): void {
  for (let j: usize = 0; j < ELEMENT; j += 16) {
    v128.store(dst + j, i16x8.add(v128.load(a + j), v128.load(b + j)));
  }
}

/** dst = a - b; the bounds add. */
export function subtract(dst: usize, a: usize, b: usize): void {
  for (let j: usize = 0; j < ELEMENT; j += 16) {
    v128.store(dst + j, i16x8.sub(v128.load(a + j), v128.load(b + j)));
  }
}

/** dst = a, or -a in the lanes whose mask is -1. */
export function negateWhere(dst: usize, a: usize, mask: v128): void {
  for (let j: usize = 0; j < ELEMENT; j += 16) {
    v128.store(dst + j, i16x8.sub(v128.xor(v128.load(a + j), mask), mask));
  }
}

const digits: usize = memory.data(20 * 16, 16);

/**
 * Brings an element with limbs of at most 4 M into 0 .. p-1, as 20 vectors of digits at `digits`.
 *
 * Adding 128 p makes it positive. The first pass leaves less than 2^255 + 2^12, the second less than 2^255; the third finds
 * out by adding 19 whether it is p or more, and takes p away.
 */
export function canonical(a: usize): void {
  for (let j: usize = 0; j < 10; j++) {
    const pair = v128.load(a + 16 * j);
    v128.store(digits + 32 * j, i32x4.shr_s(i32x4.shl(pair, 16), 16));
    v128.store(digits + 32 * j, i32x4.shr_s(pair, 16), 16);
  }
  v128.store(digits, i32x4.sub(v128.load(digits), i32x4.splat(128 * 19)));
  v128.store(digits, i32x4.add(v128.load(digits, 304), i32x4.splat(0x8000)), 304);
  pass(19);
  pass(19);
  let carry = i32x4.splat(19);
  for (let j: usize = 0; j < 304; j += 16) carry = i32x4.shr_s(i32x4.add(v128.load(digits + j), carry), 13);
  carry = i32x4.shr_s(i32x4.add(v128.load(digits, 304), carry), 8);
  v128.store(digits, i32x4.add(v128.load(digits), i32x4.mul(carry, i32x4.splat(19))));
  pass(0);
}

/** Carries through all digits; what leaves at 2^255 comes back `wrap` times at the bottom. */
function pass(wrap: i32): void {
  let carry = i32x4.splat(0);
  for (let j: usize = 0; j < 304; j += 16) {
    const digit = i32x4.add(v128.load(digits + j), carry);
    carry = i32x4.shr_s(digit, 13);
    v128.store(digits + j, v128.and(digit, i32x4.splat(0x1fff)));
  }
  const top = i32x4.add(v128.load(digits, 304), carry);
  v128.store(digits, v128.and(top, i32x4.splat(0xff)), 304);
  v128.store(digits, i32x4.add(v128.load(digits), i32x4.mul(i32x4.shr_s(top, 8), i32x4.splat(wrap))));
}

/** Digit `k` of a lane of what {@link canonical} saw last. */
export function digitOf(k: i32, lane: i32): u32 {
  return load<u32>(digits + 16 * k + 4 * lane);
}

/** dst = a number below 2^255 in nine limbs of 30 bits, each in 64, in all lanes. */
export function setLanes(dst: usize, number: usize): void {
  let bits: u64 = 0, filled = 0, limb: usize = 0;
  for (let j: usize = 0; j < 10; j++) {
    if (filled < 26 && limb < 9) {
      bits |= load<u64>(number + 8 * limb++) << filled;
      filled += 30;
    }
    const pair = (<u32>bits & 0x1fff) | ((<u32>(bits >> 13) & 0x1fff) << 16);
    v128.store(dst + 16 * j, i32x4.splat(pair));
    bits >>= 26;
    filled -= 26;
  }
}

/** Mask of the lanes in which an element with limbs of at most 4 M is zero modulo p. */
export function zeroLanes(a: usize): v128 {
  canonical(a);
  let any = v128.load(digits);
  for (let j: usize = 16; j < 320; j += 16) any = v128.or(any, v128.load(digits + j));
  return i32x4.eq(any, i32x4.splat(0));
}

/** Mask of the lanes in which the least residue of an element with limbs of at most 4 M is odd. */
export function oddLanes(a: usize): v128 {
  canonical(a);
  return i32x4.neg(v128.and(v128.load(digits), i32x4.splat(1)));
}

const words: usize = memory.data(9 * 16, 16);

/**
 * dst = the little-endian numbers of 255 bits at four addresses, not reduced: limbs 0..8191, the highest 0..255.
 * @returns mask of the lanes whose bit 255 is set.
 */
export function fromBytes(dst: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  for (let i: usize = 0; i < 8; i++) {
    let word = v128.load32_zero(a + 4 * i);
    word = v128.load32_lane(b + 4 * i, word, 1);
    word = v128.load32_lane(c + 4 * i, word, 2);
    word = v128.load32_lane(d + 4 * i, word, 3);
    v128.store(words + 16 * i, word);
  }
  const top = v128.load(words, 112);
  v128.store(words, v128.and(top, i32x4.splat(0x7fffffff)), 112);
  v128.store(words, i32x4.splat(0), 128);
  for (let j: i32 = 0; j < 10; j++) {
    const pair = v128.or(digitAt(26 * j), i32x4.shl(digitAt(26 * j + 13), 16));
    v128.store(dst + 16 * j, pair);
  }
  return i32x4.shr_s(top, 31);
}

/** Thirteen bits of the numbers at `words`, from bit `bit`. */
function digitAt(bit: i32): v128 {
  const at = words + 16 * (bit >>> 5), shift = bit & 31;
  let digit = i32x4.shr_u(v128.load(at), shift);
  if (shift > 19) digit = v128.or(digit, i32x4.shl(v128.load(at, 16), 32 - shift));
  return v128.and(digit, i32x4.splat(0x1fff));
}

const t0: usize = memory.data(160, 16);
const t1: usize = memory.data(160, 16);
const t2: usize = memory.data(160, 16);

/** dst = z^(2^252 - 3) = z^((p - 5) / 8); |z| <= M. */
export function powerForRoot(dst: usize, z: usize): void {
  square(t0, z);
  squareTimes(t1, t0, 2);
  multiply(t1, t1, z);
  multiply(t0, t0, t1);
  square(t0, t0);
  multiply(t0, t0, t1); // 2^5 - 1
  squareTimes(t1, t0, 5);
  multiply(t0, t1, t0); // 2^10 - 1
  squareTimes(t1, t0, 10);
  multiply(t1, t1, t0); // 2^20 - 1
  squareTimes(t2, t1, 20);
  multiply(t1, t2, t1); // 2^40 - 1
  squareTimes(t1, t1, 10);
  multiply(t0, t1, t0); // 2^50 - 1
  squareTimes(t1, t0, 50);
  multiply(t1, t1, t0); // 2^100 - 1
  squareTimes(t2, t1, 100);
  multiply(t1, t2, t1); // 2^200 - 1
  squareTimes(t1, t1, 50);
  multiply(t0, t1, t0); // 2^250 - 1
  squareTimes(t0, t0, 2);
  multiply(dst, t0, z);
}
