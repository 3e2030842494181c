/**
 * The inverse modulo p by divisions by two: a few microseconds, where the power p - 2 takes a dozen.
 *
 * Reads  nothing.   Used by  encode.ts, which multiplies to see that the result is right.
 * Source Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019): divsteps, here in variable time,
 *        thirty at a time on the lowest bits, then applied to the whole numbers as a matrix.
 * Layout a number is nine signed limbs of 30 bits, each in 64: value = sum of limb i times 2^(30 i), all but the last in 0..2^30-1.
 * Bounds matrix entries are at most 2^30 in size, so a limb's step stays below 2^62.
 * @module
 */
const LIMBS: usize = 9;
const MASK: i64 = 0x3fffffff;
/** p in limbs, and its inverse modulo 2^30. */
// prettier-ignore
const P = memory.data<i64>([0x3fffffed, 0x3fffffff, 0x3fffffff, 0x3fffffff, 0x3fffffff, 0x3fffffff, 0x3fffffff, 0x3fffffff, 0x7fff]);
const P_INVERSE: i64 = 395589093;

/** f and g shrink towards 1 (or -1) and 0; d and e keep f = d a, g = e a modulo p. */
const f: usize = memory.data(72, 16);
const g: usize = memory.data(72, 16);
const d: usize = memory.data(72, 16);
const e: usize = memory.data(72, 16);

/** The matrix of the last thirty divsteps, times 2^30, and the state between them. */
let u: i64 = 0;
let v: i64 = 0;
let q: i64 = 0;
let r: i64 = 0;
let eta: i32 = 0;

/**
 * Replaces nine limbs of a number 0 < a < p by those of its inverse, in 0..p-1.
 * @returns false if it did not end within the number of steps that suffice for any a; the limbs then mean nothing.
 */
export function invert(a: usize): bool {
  memory.copy(f, P, 72);
  memory.copy(g, a, 72);
  memory.fill(d, 0, 72);
  memory.fill(e, 0, 72);
  store<i64>(e, 1);
  eta = -1;
  for (let batch = 0; batch < 26; batch++) {
    steps(<u32>load<i64>(f) | <u32>(load<i64>(f, 8) << 30), <u32>load<i64>(g) | <u32>(load<i64>(g, 8) << 30));
    updateCofactors();
    if (updateNumbers()) {
      settle(a);
      return true;
    }
  }
  return false;
}

/**
 * Thirty divsteps on the lowest bits of f, which is odd, and g; eta is the paper's -delta. Zeros at the bottom of g are taken
 * all at once; then, after an exchange where eta asks for one, up to six of its bits are cancelled by a multiple of f.
 */
function steps(low: u32, other: u32): void {
  let a = low, b = other;
  let u0: i32 = 1, v0: i32 = 0, q0: i32 = 0, r0: i32 = 1;
  let left: i32 = 30;
  while (true) {
    const zeros = <i32>ctz(b | (<u32>0xffffffff << left));
    b >>= zeros;
    u0 <<= zeros;
    v0 <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;
    if (eta < 0) {
      eta = -eta;
      const a0 = a, u1 = u0, v1 = v0;
      a = b;
      b = 0 - a0;
      u0 = q0;
      q0 = -u1;
      v0 = r0;
      r0 = -v1;
    }
    const most = min(min(eta + 1, left), 6);
    const w = (b * a * (a * a - 2)) & ((1 << most) - 1);
    b += a * w;
    q0 += u0 * <i32>w;
    r0 += v0 * <i32>w;
  }
  u = u0;
  v = v0;
  q = q0;
  r = r0;
}

/** f, g = (u f + v g, q f + r g) / 2^30, exactly. @returns whether g is now 0. */
function updateNumbers(): bool {
  let any: i64 = 0;
  let x = (u * load<i64>(f) + v * load<i64>(g)) >> 30, y = (q * load<i64>(f) + r * load<i64>(g)) >> 30;
  for (let i: usize = 1; i < LIMBS; i++) {
    const fi = load<i64>(f + 8 * i), gi = load<i64>(g + 8 * i);
    x += u * fi + v * gi;
    y += q * fi + r * gi;
    store<i64>(f + 8 * (i - 1), x & MASK);
    store<i64>(g + 8 * (i - 1), y & MASK);
    any |= y & MASK;
    x >>= 30;
    y >>= 30;
  }
  store<i64>(f, x, 64);
  store<i64>(g, y, 64);
  return (any | y) == 0;
}

/** d, e = (u d + v e, q d + r e) / 2^30 modulo p: multiples of p make the division exact and keep both in -2 p .. p. */
function updateCofactors(): void {
  const d0 = load<i64>(d), e0 = load<i64>(e);
  const dSign = load<i64>(d, 64) >> 63, eSign = load<i64>(e, 64) >> 63;
  let m = (u & dSign) + (v & eSign), n = (q & dSign) + (r & eSign);
  let x = u * d0 + v * e0, y = q * d0 + r * e0;
  m -= (P_INVERSE * (x & MASK) + m) & MASK;
  n -= (P_INVERSE * (y & MASK) + n) & MASK;
  x = (x + load<i64>(P) * m) >> 30;
  y = (y + load<i64>(P) * n) >> 30;
  for (let i: usize = 1; i < LIMBS; i++) {
    const di = load<i64>(d + 8 * i), ei = load<i64>(e + 8 * i), pi = load<i64>(P + 8 * i);
    x += u * di + v * ei + pi * m;
    y += q * di + r * ei + pi * n;
    store<i64>(d + 8 * (i - 1), x & MASK);
    store<i64>(e + 8 * (i - 1), y & MASK);
    x >>= 30;
    y >>= 30;
  }
  store<i64>(d, x, 64);
  store<i64>(e, y, 64);
}

/** a = d times f, which is 1 or -1, in 0..p-1. */
function settle(a: usize): void {
  const negative = load<i64>(f, 64) < 0;
  let plus: i64 = load<i64>(d, 64) >> 63;
  const sign: i64 = negative ? -1 : 1;
  for (let round = 0; round < 2; round++) {
    let carry: i64 = 0;
    for (let i: usize = 0; i < LIMBS; i++) {
      const limb = load<i64>(d + 8 * i) + (load<i64>(P + 8 * i) & plus);
      carry += round == 0 ? limb * sign : limb;
      store<i64>(d + 8 * i, i < LIMBS - 1 ? carry & MASK : carry);
      carry >>= 30;
    }
    plus = load<i64>(d, 64) >> 63;
  }
  memory.copy(a, d, 72);
}
