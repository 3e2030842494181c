/**
 * Decodes points of edwards25519, four at a time, by the lenient rule of ZIP 215.
 *
 * Reads  constants.ts, field.ts, products.ts.   Used by  batch.ts for the R of signatures and for keys.
 * Source RFC 8032 section 5.1.3 for the root; ZIP 215: y is not compared with p, and x = 0 may carry a sign bit.
 * Result an affine point is kept as 30 words (limb pairs): (y + x) / 2, (y - x) / 2 and d x y. With halves the mixed addition
 *        needs no doubled operand, whose limbs would be too great. |limb| <= 2 M, 2 M and M.
 * @module
 */
import { D, D4, HALF, HALF_ROOT } from './constants';
import { add, broadcast, fromBytes, negateWhere, oddLanes, powerForRoot, subtract, zeroLanes } from './field';
import { multiply, square } from './products';

/** Bytes kept for a decoded point: 30 words and 8 bytes unused. */
export const POINT: usize = 128;

const y: usize = memory.data(160, 16);
const u: usize = memory.data(160, 16);
const v: usize = memory.data(160, 16);
const uv3: usize = memory.data(160, 16);
const x: usize = memory.data(160, 16);
const s: usize = memory.data(160, 16);
const c: usize = memory.data(160, 16);

/**
 * Decodes the encodings at four addresses into points at four others.
 * @returns four bits, lane by lane: 1 where the encoding is a point; where it is none the point's bytes mean nothing.
 */
// prettier-ignore
export function decompress(a0: usize, a1: usize, a2: usize, a3: usize, p0: usize, p1: usize, p2: usize, p3: usize): i32 {
  const sign = fromBytes(y, a0, a1, a2, a3);
  // x^2 = u / v with u = y^2 - 1, v = d y^2 + 1
  square(u, y);
  broadcast(c, D);
  multiply(v, u, c);
  addOne(u, -1);
  addOne(v, 1);
  // x = u v^3 (u v^7)^((p-5)/8), up to a factor whose square is -1
  square(s, v);
  multiply(uv3, s, v);
  square(s, s);
  multiply(uv3, uv3, u);
  multiply(s, s, uv3);
  powerForRoot(s, s);
  multiply(x, s, uv3);
  square(s, x);
  multiply(s, s, v);
  subtract(c, s, u);
  const straight = zeroLanes(c);
  add(c, s, u);
  const turned = zeroLanes(c);
  halve(x, straight);
  // the parity of 2 x, x being halved, decides whether x is negated
  add(s, x, x);
  negateWhere(x, x, v128.xor(oddLanes(s), sign));
  broadcast(c, HALF);
  multiply(y, y, c);
  storePoints(p0, p1, p2, p3);
  return i32x4.bitmask(v128.or(straight, turned));
}

/** Adds a small number to all lanes. */
function addOne(a: usize, n: i32): void {
  v128.store(a, i16x8.add(v128.load(a), i32x4.splat(n & 0xffff)));
}

/** Multiplies by 1/2 where `straight`, elsewhere by half the root of -1. */
function halve(a: usize, straight: v128): void {
  for (let j: usize = 0; j < 10; j++) {
    const one = v128.load32_splat(HALF + 4 * j), other = v128.load32_splat(HALF_ROOT + 4 * j);
    v128.store(c + 16 * j, v128.bitselect(one, other, straight));
  }
  multiply(a, a, c);
}

/** Stores the points given by halved x and y, one lane to each address. */
function storePoints(p0: usize, p1: usize, p2: usize, p3: usize): void {
  add(u, y, x);
  scatter(u, p0, p1, p2, p3);
  subtract(u, y, x);
  scatter(u, p0 + 40, p1 + 40, p2 + 40, p3 + 40);
  broadcast(c, D4);
  multiply(u, y, x);
  multiply(u, u, c);
  scatter(u, p0 + 80, p1 + 80, p2 + 80, p3 + 80);
}

/** Each lane's ten words to one address. */
export function scatter(a: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  for (let j: usize = 0; j < 10; j++) {
    const word = v128.load(a + 16 * j);
    v128.store32_lane(p0 + 4 * j, word, 0);
    v128.store32_lane(p1 + 4 * j, word, 1);
    v128.store32_lane(p2 + 4 * j, word, 2);
    v128.store32_lane(p3 + 4 * j, word, 3);
  }
}
