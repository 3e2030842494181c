/**
 * Products and squares of field elements, four at a time: the two functions in which the kernel spends its time.
 *
 * Reads  layout of an element: ten vectors of eight i16; lane i32 number l of vector j holds limbs 2j (low half) and 2j+1
 *        (high half) of element l; value = sum of limb k times 2^(13k), limbs signed.
 * Used by  field.ts, point.ts, decompress.ts.
 * Source schoolbook columns c_k = sum of a_i b_(k-i) by i32x4.dot_i16x8_s, which sums two products; 2^260 = 608 (mod p).
 * Bounds M = 4867. |a| <= alpha M, |b| <= beta M with alpha beta <= 4: no column overflows 32 bits (docs/kernel.md); a product's
 *        limbs are at most M. Chains of squares (squareTimes) keep limbs in -3..8194 instead.
 * Order  each column is stored at once and rows are read from memory: the engine's scheduler spills less that way.
 * @module
 */

/** The second factor in both alignments: P[m] = (b_(2m+1), b_2m) and Q[m] = (b_2m, b_(2m-1)), Q[0] and Q[10] half empty. */
const P: usize = memory.data(10 * 16, 16);
const Q: usize = memory.data(11 * 16, 16);
/** Contributions of columns 20..39 to columns 0..19. */
const F: usize = memory.data(20 * 16, 16);
/** Copy of the element being squared, since the result may overwrite it. */
const A: usize = memory.data(10 * 16, 16);
const E: usize = memory.data(10 * 16, 16);

/** What is taken off every digit of 13 bits so that its size is at most 4864; see fold. */
const BIAS: i32 = 4864;

// Constants lie in memory: some engines would otherwise make them anew at every use.
/** 2^260 = 608 for the low half of a column; 2^16 * 608 / 2^13 = 4864 into the next column for its high half. */
const WRAP = memory.data<i16>([608, 4864, 608, 4864, 608, 4864, 608, 4864], 16);
/** Makes the high half of a column the nearest one; and the same with one more, which adds BIAS to a low column for nothing. */
const ROUND = memory.data<i32>([0x8000, 0x8000, 0x8000, 0x8000], 16);
const ROUND_AND_BIAS = memory.data<i32>([0x18000, 0x18000, 0x18000, 0x18000], 16);
const DIGITS = memory.data<i16>([0x1fff, 0x1fff, 0x1fff, 0x1fff, 0x1fff, 0x1fff, 0x1fff, 0x1fff], 16);
const BIASES = memory.data<i16>([4864, 4864, 4864, 4864, 4864, 4864, 4864, 4864], 16);

// prettier-ignore
@inline
function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}

// prettier-ignore
@inline
function dot(a: v128, b: usize, back: usize): v128 {
  return i32x4.dot_i16x8_s(a, v128.load(b - back));
}

// prettier-ignore
@inline
function sum1(x0: v128, b: usize): v128 {
  return dot(x0, b, 0);
}
// prettier-ignore
@inline
function sum2(x0: v128, x1: v128, b: usize): v128 {
  return add(dot(x0, b, 0), dot(x1, b, 16));
}
// prettier-ignore
@inline
function sum3(x0: v128, x1: v128, x2: v128, b: usize): v128 {
  return add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32));
}
// prettier-ignore
@inline
function sum4(x0: v128, x1: v128, x2: v128, x3: v128, b: usize): v128 {
  return add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48));
}
// prettier-ignore
@inline
function sum5(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, b: usize): v128 {
  return add(add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48)), dot(x4, b, 64));
}
// prettier-ignore
@inline
function sum6(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, b: usize): v128 {
  return add(add(add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48)), dot(x4, b, 64)), dot(x5, b, 80));
}
// prettier-ignore
@inline
function sum7(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, b: usize): v128 {
  return add(add(add(add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48)), dot(x4, b, 64)), dot(x5, b, 80)), dot(x6, b, 96));
}
// prettier-ignore
@inline
function sum8(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, x7: v128, b: usize): v128 {
  return add(add(add(add(add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48)), dot(x4, b, 64)), dot(x5, b, 80)), dot(x6, b, 96)), dot(x7, b, 112));
}
// prettier-ignore
@inline
function sum9(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, x7: v128, x8: v128, b: usize): v128 {
  return add(add(add(add(add(add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48)), dot(x4, b, 64)), dot(x5, b, 80)), dot(x6, b, 96)), dot(x7, b, 112)), dot(x8, b, 128));
}
// prettier-ignore
@inline
function sum10(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, x7: v128, x8: v128, x9: v128, b: usize): v128 {
  return add(add(add(add(add(add(add(add(add(dot(x0, b, 0), dot(x1, b, 16)), dot(x2, b, 32)), dot(x3, b, 48)), dot(x4, b, 64)), dot(x5, b, 80)), dot(x6, b, 96)), dot(x7, b, 112)), dot(x8, b, 128)), dot(x9, b, 144));
}

/** The halves of each lane exchanged. */
// prettier-ignore
@inline
function swapped(a: v128): v128 {
  return i8x16.swizzle(a, i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
}

/** Low halves of `low`, high halves of `high`. */
// prettier-ignore
@inline
function lowHigh(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}

/**
 * Sends a high column on to the low ones without carrying it: c = 2^16 h + l, l the signed low half, so that
 * c 2^260 = 608 l + 2^13 * 4864 h. Returns c + 2^15, whose high half is h, for the next column's fold; `biased`, that half is
 * h + 1, and the next low column receives BIAS more.
 */
// prettier-ignore
@inline
function fold(c: v128, before: v128, at: usize, biased: bool): v128 {
  v128.store(F + at, i32x4.dot_i16x8_s(lowHigh(c, before), v128.load(WRAP)));
  return add(c, v128.load(biased ? ROUND_AND_BIAS : ROUND));
}

/** Column 20, before which nothing is. */
// prettier-ignore
@inline
function foldFirst(c: v128, biased: bool): v128 {
  return fold(c, i32x4.splat(biased ? 0x10000 : 0), 0, biased);
}

/** A low column with what was folded into it. */
// prettier-ignore
@inline
function column(c: v128, at: usize): v128 {
  return add(c, v128.load(F + at));
}

/** The same with the carry of the column before. */
// prettier-ignore
@inline
function carried(c: v128, at: usize, before: v128): v128 {
  return add(add(c, v128.load(F + at)), i32x4.shr_s(before, 13));
}

/** Stores two columns as a pair of digits. */
// prettier-ignore
@inline
function storePair(to: usize, even: v128, odd: v128, biased: bool): void {
  let pair = v128.and(lowHigh(even, i32x4.shl(odd, 16)), v128.load(DIGITS));
  if (biased) pair = i16x8.sub(pair, v128.load(BIASES));
  v128.store(to, pair);
}

/** Folds the carry out of column 19 into digits 0 to 2. */
// prettier-ignore
@inline
function wrap(dst: usize, first: v128, second: v128, last: v128, biased: bool): void {
  const zero = add(v128.and(first, i32x4.splat(0x1fff)), i32x4.mul(i32x4.shr_s(last, 13), i32x4.splat(608)));
  const one = add(v128.and(second, i32x4.splat(0x1fff)), i32x4.shr_s(zero, 13));
  storePair(dst, zero, one, biased);
  const carry = v128.and(i32x4.shr_s(one, 13), i32x4.splat(0xffff));
  v128.store(dst + 16, i16x8.add(v128.load(dst + 16), carry));
}

/** Puts the second factor of a product into both alignments. */
// prettier-ignore
@inline
function align(b: usize): void {
  let before = i32x4.splat(0);
  for (let j: usize = 0; j < 160; j += 16) {
    const pair = v128.load(b + j);
    v128.store(P + j, swapped(pair));
    v128.store(Q + j, lowHigh(pair, before));
    before = pair;
  }
  v128.store(Q + 160, v128.andnot(before, i32x4.splat(0xffff)));
}

/** dst = a times the factor last aligned. */
function product(dst: usize, a: usize): void {
  const a0 = v128.load(a, 0);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64);
  const a5 = v128.load(a, 80);
  const a6 = v128.load(a, 96);
  const a7 = v128.load(a, 112);
  const a8 = v128.load(a, 128);
  const a9 = v128.load(a, 144);
  let v: v128, even: v128, odd: v128;
  v = foldFirst(sum10(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, Q + 160), true);
  v = fold(sum9(a1, a2, a3, a4, a5, a6, a7, a8, a9, P + 144), v, 16, true);
  v = fold(sum9(a1, a2, a3, a4, a5, a6, a7, a8, a9, Q + 160), v, 32, true);
  v = fold(sum8(a2, a3, a4, a5, a6, a7, a8, a9, P + 144), v, 48, true);
  v = fold(sum8(a2, a3, a4, a5, a6, a7, a8, a9, Q + 160), v, 64, true);
  v = fold(sum7(a3, a4, a5, a6, a7, a8, a9, P + 144), v, 80, true);
  v = fold(sum7(a3, a4, a5, a6, a7, a8, a9, Q + 160), v, 96, true);
  v = fold(sum6(a4, a5, a6, a7, a8, a9, P + 144), v, 112, true);
  v = fold(sum6(a4, a5, a6, a7, a8, a9, Q + 160), v, 128, true);
  v = fold(sum5(a5, a6, a7, a8, a9, P + 144), v, 144, true);
  v = fold(sum5(a5, a6, a7, a8, a9, Q + 160), v, 160, true);
  v = fold(sum4(a6, a7, a8, a9, P + 144), v, 176, true);
  v = fold(sum4(a6, a7, a8, a9, Q + 160), v, 192, true);
  v = fold(sum3(a7, a8, a9, P + 144), v, 208, true);
  v = fold(sum3(a7, a8, a9, Q + 160), v, 224, true);
  v = fold(sum2(a8, a9, P + 144), v, 240, true);
  v = fold(sum2(a8, a9, Q + 160), v, 256, true);
  v = fold(sum1(a9, P + 144), v, 272, true);
  v = fold(sum1(a9, Q + 160), v, 288, true);
  fold(i32x4.splat(0), v, 304, true);
  even = column(sum1(a0, Q), 0);
  odd = carried(sum1(a0, P), 16, even);
  const first = even, second = odd;
  even = carried(sum2(a0, a1, Q + 16), 32, odd);
  odd = carried(sum2(a0, a1, P + 16), 48, even);
  storePair(dst + 16, even, odd, true);
  even = carried(sum3(a0, a1, a2, Q + 32), 64, odd);
  odd = carried(sum3(a0, a1, a2, P + 32), 80, even);
  storePair(dst + 32, even, odd, true);
  even = carried(sum4(a0, a1, a2, a3, Q + 48), 96, odd);
  odd = carried(sum4(a0, a1, a2, a3, P + 48), 112, even);
  storePair(dst + 48, even, odd, true);
  even = carried(sum5(a0, a1, a2, a3, a4, Q + 64), 128, odd);
  odd = carried(sum5(a0, a1, a2, a3, a4, P + 64), 144, even);
  storePair(dst + 64, even, odd, true);
  even = carried(sum6(a0, a1, a2, a3, a4, a5, Q + 80), 160, odd);
  odd = carried(sum6(a0, a1, a2, a3, a4, a5, P + 80), 176, even);
  storePair(dst + 80, even, odd, true);
  even = carried(sum7(a0, a1, a2, a3, a4, a5, a6, Q + 96), 192, odd);
  odd = carried(sum7(a0, a1, a2, a3, a4, a5, a6, P + 96), 208, even);
  storePair(dst + 96, even, odd, true);
  even = carried(sum8(a0, a1, a2, a3, a4, a5, a6, a7, Q + 112), 224, odd);
  odd = carried(sum8(a0, a1, a2, a3, a4, a5, a6, a7, P + 112), 240, even);
  storePair(dst + 112, even, odd, true);
  even = carried(sum9(a0, a1, a2, a3, a4, a5, a6, a7, a8, Q + 128), 256, odd);
  odd = carried(sum9(a0, a1, a2, a3, a4, a5, a6, a7, a8, P + 128), 272, even);
  storePair(dst + 128, even, odd, true);
  even = carried(sum10(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, Q + 144), 288, odd);
  odd = carried(sum10(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, P + 144), 304, even);
  storePair(dst + 144, even, odd, true);
  wrap(dst, first, second, odd, true);
}

/** dst = a b. Any of the three may be the same element. */
export function multiply(dst: usize, a: usize, b: usize): void {
  align(b);
  product(dst, a);
}

/** dst = a times the second factor of the last {@link multiply}. */
export function multiplyAgain(dst: usize, a: usize): void {
  product(dst, a);
}

/** Twice a row; keeps the row and its mixed form. */
// prettier-ignore
@inline
function twice(a: v128, at: usize): v128 {
  const d = i16x8.add(a, a);
  v128.store(A + at, a);
  v128.store(E + at, lowHigh(d, a));
  return d;
}

/** The product of two rows in memory. */
// prettier-ignore
@inline
function rows(a: usize, b: usize): v128 {
  return i32x4.dot_i16x8_s(v128.load(a), v128.load(b));
}

/**
 * Each product of two different limbs is needed twice: d_j is twice row j. Where a sum's middle falls inside a row, E[j] =
 * (2 a_2j, a_(2j+1)) takes its odd limb once: for column 4n, E[n-1] Q[n+1] + A[n] Q[n] = 2 a_(2n-2) a_(2n+2) +
 * 2 a_(2n-1) a_(2n+1) + a_2n squared; for column 4n + 2, E[n] Q[n+1] = 2 a_2n a_(2n+2) + a_(2n+1) squared.
 */
// prettier-ignore
@inline
function squareOnce(dst: usize, a: usize, biased: bool): void {
  align(a);
  const a0 = v128.load(a, 0), d0 = twice(a0, 0);
  const a1 = v128.load(a, 16), d1 = twice(a1, 16);
  const a2 = v128.load(a, 32), d2 = twice(a2, 32);
  const a3 = v128.load(a, 48), d3 = twice(a3, 48);
  const a4 = v128.load(a, 64), d4 = twice(a4, 64);
  const a5 = v128.load(a, 80), d5 = twice(a5, 80);
  const a6 = v128.load(a, 96), d6 = twice(a6, 96);
  const a7 = v128.load(a, 112), d7 = twice(a7, 112);
  const a8 = v128.load(a, 128), d8 = twice(a8, 128);
  const a9 = v128.load(a, 144), d9 = twice(a9, 144);
  let v: v128, even: v128, odd: v128;
  v = foldFirst(add(add(sum4(d0, d1, d2, d3, Q + 160), rows(E + 64, Q + 96)), rows(A + 80, Q + 80)), biased);
  v = fold(add(sum4(d1, d2, d3, d4, P + 144), rows(A + 80, P + 80)), v, 16, biased);
  v = fold(add(sum4(d1, d2, d3, d4, Q + 160), rows(E + 80, Q + 96)), v, 32, biased);
  v = fold(sum4(d2, d3, d4, d5, P + 144), v, 48, biased);
  v = fold(add(add(sum3(d2, d3, d4, Q + 160), rows(E + 80, Q + 112)), rows(A + 96, Q + 96)), v, 64, biased);
  v = fold(add(sum3(d3, d4, d5, P + 144), rows(A + 96, P + 96)), v, 80, biased);
  v = fold(add(sum3(d3, d4, d5, Q + 160), rows(E + 96, Q + 112)), v, 96, biased);
  v = fold(sum3(d4, d5, d6, P + 144), v, 112, biased);
  v = fold(add(add(sum2(d4, d5, Q + 160), rows(E + 96, Q + 128)), rows(A + 112, Q + 112)), v, 128, biased);
  v = fold(add(sum2(d5, d6, P + 144), rows(A + 112, P + 112)), v, 144, biased);
  v = fold(add(sum2(d5, d6, Q + 160), rows(E + 112, Q + 128)), v, 160, biased);
  v = fold(sum2(d6, d7, P + 144), v, 176, biased);
  v = fold(add(add(sum1(d6, Q + 160), rows(E + 112, Q + 144)), rows(A + 128, Q + 128)), v, 192, biased);
  v = fold(add(sum1(d7, P + 144), rows(A + 128, P + 128)), v, 208, biased);
  v = fold(add(sum1(d7, Q + 160), rows(E + 128, Q + 144)), v, 224, biased);
  v = fold(sum1(d8, P + 144), v, 240, biased);
  v = fold(add(rows(E + 128, Q + 160), rows(A + 144, Q + 144)), v, 256, biased);
  v = fold(rows(A + 144, P + 144), v, 272, biased);
  v = fold(rows(E + 144, Q + 160), v, 288, biased);
  fold(i32x4.splat(0), v, 304, biased);
  even = column(rows(A, Q), 0);
  odd = carried(rows(A, P), 16, even);
  const first = even, second = odd;
  even = carried(rows(E, Q + 16), 32, odd);
  odd = carried(sum1(d0, P + 16), 48, even);
  storePair(dst + 16, even, odd, biased);
  even = carried(add(rows(E, Q + 32), rows(A + 16, Q + 16)), 64, odd);
  odd = carried(add(sum1(d0, P + 32), rows(A + 16, P + 16)), 80, even);
  storePair(dst + 32, even, odd, biased);
  even = carried(add(sum1(d0, Q + 48), rows(E + 16, Q + 32)), 96, odd);
  odd = carried(sum2(d0, d1, P + 48), 112, even);
  storePair(dst + 48, even, odd, biased);
  even = carried(add(add(sum1(d0, Q + 64), rows(E + 16, Q + 48)), rows(A + 32, Q + 32)), 128, odd);
  odd = carried(add(sum2(d0, d1, P + 64), rows(A + 32, P + 32)), 144, even);
  storePair(dst + 64, even, odd, biased);
  even = carried(add(sum2(d0, d1, Q + 80), rows(E + 32, Q + 48)), 160, odd);
  odd = carried(sum3(d0, d1, d2, P + 80), 176, even);
  storePair(dst + 80, even, odd, biased);
  even = carried(add(add(sum2(d0, d1, Q + 96), rows(E + 32, Q + 64)), rows(A + 48, Q + 48)), 192, odd);
  odd = carried(add(sum3(d0, d1, d2, P + 96), rows(A + 48, P + 48)), 208, even);
  storePair(dst + 96, even, odd, biased);
  even = carried(add(sum3(d0, d1, d2, Q + 112), rows(E + 48, Q + 64)), 224, odd);
  odd = carried(sum4(d0, d1, d2, d3, P + 112), 240, even);
  storePair(dst + 112, even, odd, biased);
  even = carried(add(add(sum3(d0, d1, d2, Q + 128), rows(E + 48, Q + 80)), rows(A + 64, Q + 64)), 256, odd);
  odd = carried(add(sum4(d0, d1, d2, d3, P + 128), rows(A + 64, P + 64)), 272, even);
  storePair(dst + 128, even, odd, biased);
  even = carried(add(sum4(d0, d1, d2, d3, Q + 144), rows(E + 64, Q + 80)), 288, odd);
  odd = carried(sum5(d0, d1, d2, d3, d4, P + 144), 304, even);
  storePair(dst + 144, even, odd, biased);
  wrap(dst, first, second, odd, biased);
}

/** dst = a squared. */
export function square(dst: usize, a: usize): void {
  squareOnce(dst, a, true);
}

/** dst = a to the power 2^n, n > 0. Limbs -3..8194 where {@link square} gives balanced ones: to be multiplied, never added. */
export function squareTimes(dst: usize, a: usize, n: i32): void {
  squareOnce(dst, a, false);
  while (--n > 0) squareOnce(dst, dst, false);
}
