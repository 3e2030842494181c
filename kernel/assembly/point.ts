/**
 * Arithmetic of one point with its four coordinates side by side in a vector's lanes.
 *
 * Reads  constants.ts, field.ts, products.ts.   Used by  straus.ts, batch.ts: whatever is one long chain of doublings.
 * Layout a point is an element whose lanes are X, Y, Z, T (x = X/Z, y = Y/Z, x y = T/Z); a cached point, ready to be added, has
 *        Y - X, Y + X, 2 Z, 2 d T, or all four times the same constant.
 * Source Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited" (2008), sections 3.1, 3.3 and 4.2: complete for a = -1.
 * Bounds a point's limbs are at most M; a cached point's at most 2 M, its third and fourth lane M.
 * @module
 */
import { D2 } from './constants';
import { zeroLanes } from './field';
import { multiply, square } from './products';

const left: usize = memory.data(160, 16);
const right: usize = memory.data(160, 16);
const mixed: usize = memory.data(160, 16);

/** 1, 1, 2 and 2 d in the lanes. */
const scale: usize = memory.data(160, 16);

/** Computes the constants; to be called once. */
export function preparePoints(): void {
  memory.fill(scale, 0, 160);
  v128.store(scale, i32x4(1, 1, 2, 0));
  for (let j: usize = 0; j < 10; j++) store<u32>(scale + 16 * j, load<u32>(D2 + 4 * j), 12);
}

/** p = the neutral point. */
export function setNeutral(p: usize): void {
  memory.fill(p, 0, 160);
  v128.store(p, i32x4(0, 1, 1, 0));
}

/**
 * dst = 2 p.
 *
 * With A = X^2, B = Y^2, C = Z^2, D = (X + Y)^2: E = A + B - D (3 M), G = A - B (2 M), H = A + B (2 M), F = G + 2 C (4 M), and the
 * result is E F, G H, F G, E H. The right factors are carried, all limbs but the last, to at most 4098, so
 * that no column exceeds 4 M (19 * 4098 + 4 M + 2), which is less than 20 * 4 M^2.
 */
export function double(dst: usize, p: usize): void {
  for (let j: usize = 0; j < 160; j += 16) {
    const a = v128.load(p + j);
    const y = v128.and(v128.shuffle<i32>(a, a, 1, 1, 1, 1), i32x4(0, 0, 0, -1));
    v128.store(mixed + j, i16x8.add(v128.shuffle<i32>(a, a, 0, 1, 2, 0), y));
  }
  square(mixed, mixed);
  let carry = i32x4.splat(0);
  for (let j: usize = 0; j < 160; j += 16) {
    const s = v128.load(mixed + j);
    const a = v128.shuffle<i32>(s, s, 0, 0, 0, 0), b = v128.shuffle<i32>(s, s, 1, 1, 1, 1);
    const sum = i16x8.add(a, b), difference = i16x8.sub(a, b);
    const c = v128.shuffle<i32>(s, s, 2, 2, 2, 2), d = v128.shuffle<i32>(s, s, 3, 3, 2, 3);
    const l = i16x8.mul(d, i16x8(-1, -1, 0, 0, 2, 2, -1, -1));
    v128.store(left + j, i16x8.add(l, v128.shuffle<i32>(sum, difference, 0, 5, 6, 3)));
    const twice = i16x8.mul(c, i16x8(2, 2, 0, 0, 0, 0, 0, 0));
    const r = i16x8.add(twice, v128.shuffle<i32>(difference, sum, 0, 5, 2, 7));
    if (j == 144) {
      // the last limb keeps its carry
      const q = v128.and(i16x8.shr_s(i16x8.add(r, i16x8.splat(0x1000)), 13), i32x4.splat(0xffff));
      v128.store(right + j, i16x8.add(i16x8.sub(r, i16x8.shl(q, 13)), i16x8.add(i32x4.shl(q, 16), carry)));
    } else {
      const q = i16x8.shr_s(i16x8.add(r, i16x8.splat(0x1000)), 13);
      v128.store(right + j, i16x8.add(i16x8.sub(r, i16x8.shl(q, 13)), i16x8.add(i32x4.shl(q, 16), carry)));
      carry = i32x4.shr_u(q, 16);
    }
  }
  multiply(dst, left, right);
}

/** Y - X, Y + X, Z, T of a word of a point. */
// prettier-ignore
@inline
function turned(a: v128): v128 {
  const x = i16x8.mul(v128.shuffle<i32>(a, a, 0, 0, 0, 0), i16x8(-1, -1, 1, 1, 0, 0, 0, 0));
  return i16x8.add(v128.shuffle<i32>(a, a, 1, 1, 2, 3), x);
}

/** dst = p + q, q cached. With A, B, D, C the lanes' products: E = B - A, F = D - C, G = D + C, H = B + A, all at most 2 M. */
export function addCached(dst: usize, p: usize, q: usize): void {
  for (let j: usize = 0; j < 160; j += 16) v128.store(mixed + j, turned(v128.load(p + j)));
  multiply(mixed, mixed, q);
  for (let j: usize = 0; j < 160; j += 16) {
    const s = v128.load(mixed + j);
    const l = i16x8.mul(v128.shuffle<i32>(s, s, 0, 3, 3, 0), i16x8(-1, -1, 1, 1, -1, -1, -1, -1));
    v128.store(left + j, i16x8.add(v128.shuffle<i32>(s, s, 1, 2, 2, 1), l));
    const r = i16x8.mul(v128.shuffle<i32>(s, s, 3, 0, 3, 0), i16x8(-1, -1, 1, 1, 1, 1, 1, 1));
    v128.store(right + j, i16x8.add(v128.shuffle<i32>(s, s, 2, 1, 2, 1), r));
  }
  multiply(dst, left, right);
}

/** dst = p in cached form, limbs at most M. */
export function cache(dst: usize, p: usize): void {
  for (let j: usize = 0; j < 160; j += 16) v128.store(mixed + j, turned(v128.load(p + j)));
  multiply(dst, mixed, scale);
}

/** dst = -q, both cached. */
export function negateCached(dst: usize, q: usize): void {
  for (let j: usize = 0; j < 160; j += 16) {
    const a = v128.load(q + j);
    v128.store(dst + j, i16x8.mul(v128.shuffle<i32>(a, a, 1, 0, 2, 3), i16x8(1, 1, 1, 1, 1, 1, -1, -1)));
  }
}

/** dst = a decoded point (decompress.ts) in cached form. */
export function cacheDecoded(dst: usize, point: usize): void {
  for (let j: usize = 0; j < 10; j++) {
    let word = v128.load32_zero(point + 40 + 4 * j);
    word = v128.load32_lane(point + 4 * j, word, 1);
    word = v128.load32_lane(point + 80 + 4 * j, word, 3);
    v128.store(dst + 16 * j, word);
  }
  store<u32>(dst, 1, 8);
}

/** dst = a point whose coordinates lie one after the other, ten words each. */
export function fromRows(dst: usize, rows: usize): void {
  for (let j: usize = 0; j < 10; j++) {
    let word = v128.load32_zero(rows + 4 * j);
    word = v128.load32_lane(rows + 40 + 4 * j, word, 1);
    word = v128.load32_lane(rows + 80 + 4 * j, word, 2);
    word = v128.load32_lane(rows + 120 + 4 * j, word, 3);
    v128.store(dst + 16 * j, word);
  }
}

const eightfold: usize = memory.data(160, 16);

/** Whether 8 p is the neutral point: X = 0 and Y = Z. */
export function isTorsion(p: usize): bool {
  double(eightfold, p);
  double(eightfold, eightfold);
  double(eightfold, eightfold);
  for (let j: usize = 0; j < 160; j += 16) {
    const a = v128.load(eightfold + j);
    const z = v128.and(v128.shuffle<i32>(a, a, 2, 2, 2, 2), i32x4(0, -1, 0, 0));
    v128.store(eightfold + j, i16x8.sub(a, z));
  }
  return (i32x4.bitmask(zeroLanes(eightfold)) & 3) == 3;
}
