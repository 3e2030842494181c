/**
 * Scalars: sums of products kept whole, one reduction modulo the group order at the end.
 *
 * Reads  nothing.   Used by  batch.ts.
 * Source the group order L = 2^252 + 27742317777372353535851937790883648493 of RFC 8032 section 5.1.
 * Layout little-endian 32-bit words. A sum has 24 words: more than 2^32 products of 128 and 512 bits fit.
 * @module
 */

/** Words of a sum of products. */
export const SUM_WORDS: i32 = 24;

const L = memory.data<u32>([0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000]);
/** 2^(32 k) mod L for k = 8 .. 23, eight words each. */
const powers: usize = memory.data(16 * 32, 16);
const work: usize = memory.data(32 * 4, 16);

/** Computes the table of powers; to be called once, before everything else here. */
export function prepareScalars(): void {
  memory.fill(work, 0, 36);
  store<u32>(work, 1);
  for (let bit = 0; bit < 768; bit++) {
    if (bit >= 256 && (bit & 31) == 0) memory.copy(powers + (bit - 256), work, 32);
    addWords(work, work, 8);
    if (!isReduced(work)) subtractL(work);
  }
}

/** a += b, `n` words; returns the carry. */
export function addWords(a: usize, b: usize, n: i32): u64 {
  let carry: u64 = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    carry += <u64>load<u32>(a + 4 * i) + <u64>load<u32>(b + 4 * i);
    store<u32>(a + 4 * i, <u32>carry);
    carry >>= 32;
  }
  return carry;
}

/** Adds a carry to the words from `a` on. */
function carryInto(a: usize, carry: u64): void {
  while (carry != 0) {
    carry += load<u32>(a);
    store<u32>(a, <u32>carry);
    carry >>= 32;
    a += 4;
  }
}

/** sum += b of `n` words; the sum has room for the carry. */
export function addToSum(sum: usize, b: usize, n: i32): void {
  carryInto(sum + 4 * n, addWords(sum, b, n));
}

/** sum += z b with z of 4 words, b of `n` words. No step overflows: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1. */
export function addProduct(sum: usize, z: usize, b: usize, n: i32): void {
  for (let i: usize = 0; i < 4; i++) {
    const factor = <u64>load<u32>(z + 4 * i);
    const to = sum + 4 * i;
    let carry: u64 = 0;
    for (let j: usize = 0; j < <usize>n; j++) {
      carry += factor * <u64>load<u32>(b + 4 * j) + <u64>load<u32>(to + 4 * j);
      store<u32>(to + 4 * j, <u32>carry);
      carry >>= 32;
    }
    carryInto(to + 4 * n, carry);
  }
}

/** Whether a number of eight words is less than L. */
export function isReduced(a: usize): bool {
  for (let i = 7; i >= 0; i--) {
    const x = load<u32>(a + 4 * i), y = load<u32>(L + 4 * i);
    if (x != y) return x < y;
  }
  return false;
}

/** a -= L, eight words. */
function subtractL(a: usize): void {
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 8; i++) {
    borrow += <i64>load<u32>(a + 4 * i) - <i64>load<u32>(L + 4 * i);
    store<u32>(a + 4 * i, <u32>borrow);
    borrow >>= 32;
  }
}

/** a = L - a for 0 < a < L, and 0 for 0. */
export function negateScalar(a: usize): void {
  let any: u32 = 0;
  for (let i: usize = 0; i < 8; i++) any |= load<u32>(a + 4 * i);
  if (any == 0) return;
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 8; i++) {
    borrow += <i64>load<u32>(L + 4 * i) - <i64>load<u32>(a + 4 * i);
    store<u32>(a + 4 * i, <u32>borrow);
    borrow >>= 32;
  }
}

/**
 * to = a mod L, a of 8 to 24 words; eight words are written.
 *
 * Words from the ninth on are replaced by their residues, which leaves less than 2^256 + 16 * 2^285 < 2^290; the bits from
 * 252 on, fewer than 38, are taken off as that many times L - 2^252 < 2^125, and L is added if the rest is negative.
 */
export function reduce(to: usize, a: usize, n: i32): void {
  memory.copy(work, a, 32);
  memory.fill(work + 32, 0, 32);
  for (let k: usize = 8; k < <usize>n; k++) {
    const factor = <u64>load<u32>(a + 4 * k);
    const power = powers + 32 * (k - 8);
    let carry: u64 = 0;
    for (let j: usize = 0; j < 8; j++) {
      carry += factor * <u64>load<u32>(power + 4 * j) + <u64>load<u32>(work + 4 * j);
      store<u32>(work + 4 * j, <u32>carry);
      carry >>= 32;
    }
    carryInto(work + 32, carry);
  }
  foldTop(to);
}

/** to = the number of ten words at `work`, less than 2^290, modulo L. */
function foldTop(to: usize): void {
  const top = load<u64>(work, 28) >> 28 | load<u64>(work, 32) >> 32 << 36;
  const low = top & 0xffffffff, high = top >> 32;
  store<u32>(work, load<u32>(work, 28) & 0x0fffffff, 28);
  let carry: u64 = 0, before: u64 = 0;
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 8; i++) {
    const word: u64 = i < 4 ? load<u32>(L + 4 * i) : 0;
    // high < 2^6, so the sum of both products and the carry stays below 2^64
    carry += low * word;
    const extra = high * before;
    const sum = (carry & 0xffffffff) + (extra & 0xffffffff);
    borrow += <i64>load<u32>(work + 4 * i) - <i64>(sum & 0xffffffff);
    store<u32>(to + 4 * i, <u32>borrow);
    borrow >>= 32;
    carry = (carry >> 32) + (extra >> 32) + (sum >> 32);
    before = word;
  }
  if (borrow < 0) addWords(to, L, 8);
}

/** to = a b mod L, all of eight words, a and b less than 2^256. */
export function multiplyScalars(to: usize, a: usize, b: usize): void {
  memory.fill(product, 0, 96);
  addProduct(product, a, b, 8);
  addProduct(product + 16, a + 16, b, 8);
  reduce(to, product, 17);
}
const product: usize = memory.data(96, 16);
