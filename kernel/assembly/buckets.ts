/**
 * Sums of many points with short scalars by Pippenger's buckets, four windows of the scalars at a time.
 *
 * Reads  constants.ts, field.ts, products.ts, decompress.ts (its affine points).   Used by  batch.ts.
 * Source Bernstein, Doumen, Lange, Oosterwijk, "Faster batch forgery identification" (2012), section 4; signed digits.
 * Layout a bucket is a point in rows: X, Y, Z, T of ten words each. The four windows of a group have each their own buckets, one
 *        window to a lane, so that a vector never meets the same bucket twice. Bucket 0 takes what has the digit 0: nobody reads it.
 * Bounds a bucket's limbs are at most M, sums and differences of two 2 M.
 * @module
 */
import { D2 } from './constants';
import { add, broadcast, subtract } from './field';
import { multiply, multiplyAgain } from './products';

/** Bytes of a point in rows, and of four points lane by lane, coordinate after coordinate. */
const ROWS: usize = 160;

const four: usize = memory.data(640, 16);
const run: usize = memory.data(640, 16);
const total: usize = memory.data(640, 16);
const plus: usize = memory.data(160, 16);
const minus: usize = memory.data(160, 16);
const product: usize = memory.data(160, 16);
const a: usize = memory.data(160, 16);
const b: usize = memory.data(160, 16);
const e: usize = memory.data(160, 16);
const f: usize = memory.data(160, 16);
const g: usize = memory.data(160, 16);
const h: usize = memory.data(160, 16);
const d2: usize = memory.data(160, 16);

/** Bytes the buckets of one group of windows of `bits` bits need. */
export function bucketBytes(bits: i32): i32 {
  return 4 * ((1 << (bits - 1)) + 1) * <i32>ROWS;
}

/** Computes the constants; to be called once. */
export function prepareBuckets(): void {
  broadcast(d2, D2);
}

/** Makes all buckets of a group neutral. */
export function clearBuckets(buckets: usize, bits: i32): void {
  const bytes = <usize>bucketBytes(bits);
  memory.fill(buckets, 0, bytes);
  for (let at: usize = buckets; at < buckets + bytes; at += ROWS) {
    store<u32>(at, 1, 40);
    store<u32>(at, 1, 80);
  }
}

/** Exchanges rows and lanes of four vectors: of a point each, or of a coordinate's words each. */
// prettier-ignore
@inline
function transpose(r0: v128, r1: v128, r2: v128, r3: v128, t0: usize, t1: usize, t2: usize, t3: usize): void {
  const l01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), h01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const l23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5), h23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(t0, v128.shuffle<i64>(l01, l23, 0, 2));
  v128.store(t1, v128.shuffle<i64>(l01, l23, 1, 3));
  v128.store(t2, v128.shuffle<i64>(h01, h23, 0, 2));
  v128.store(t3, v128.shuffle<i64>(h01, h23, 1, 3));
}

/** Four points in rows to lanes. */
function gather(to: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  for (let j: usize = 0; j < ROWS; j += 16) {
    const t = to + 4 * j;
    const r0 = v128.load(p0 + j), r1 = v128.load(p1 + j), r2 = v128.load(p2 + j), r3 = v128.load(p3 + j);
    transpose(r0, r1, r2, r3, t, t + 16, t + 32, t + 48);
  }
}

/** Four points in lanes to rows. */
function scatter(from: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  for (let j: usize = 0; j < ROWS; j += 16) {
    const t = from + 4 * j;
    const r0 = v128.load(t), r1 = v128.load(t, 16), r2 = v128.load(t, 32), r3 = v128.load(t, 48);
    transpose(r0, r1, r2, r3, p0 + j, p1 + j, p2 + j, p3 + j);
  }
}

/** An affine point in all lanes, negated where `negative`: y + x and y - x change places, d x y its sign. */
function spread(point: usize, negative: v128): void {
  for (let j: usize = 0; j < 10; j++) {
    const p = v128.load32_splat(point + 4 * j), m = v128.load32_splat(point + 40 + 4 * j);
    const swap = v128.and(v128.xor(p, m), negative);
    v128.store(plus + 16 * j, v128.xor(p, swap));
    v128.store(minus + 16 * j, v128.xor(m, swap));
    const t = v128.xor(v128.load32_splat(point + 80 + 4 * j), negative);
    v128.store(product + 16 * j, i16x8.sub(t, negative));
  }
}

/** p = p + the affine point spread last, seven products. Halves on its side make D = Z: no doubling, no carry. */
function addSpread(p: usize): void {
  subtract(a, p + 160, p);
  multiply(a, a, minus);
  add(b, p + 160, p);
  multiply(b, b, plus);
  multiply(product, product, p + 480);
  add(g, p + 320, product);
  subtract(f, p + 320, product);
  finish(p);
}

/** The four products that end every addition: X = E F, Z = G F, Y = G H, T = E H with E = B - A, H = B + A. */
function finish(p: usize): void {
  subtract(e, b, a);
  add(h, b, a);
  multiply(p, e, f);
  multiplyAgain(p + 320, g);
  multiply(p + 160, g, h);
  multiplyAgain(p + 480, e);
}

/** p = p + q, four points each, nine products. */
function addFour(p: usize, q: usize): void {
  subtract(a, p + 160, p);
  subtract(e, q + 160, q);
  multiply(a, a, e);
  add(b, p + 160, p);
  add(e, q + 160, q);
  multiply(b, b, e);
  multiply(product, q + 480, d2);
  multiply(product, product, p + 480);
  add(e, q + 320, q + 320);
  multiply(e, p + 320, e);
  add(g, e, product);
  subtract(f, e, product);
  finish(p);
}

/**
 * Adds a point into one bucket of each window of a group.
 * @param digits - the group's four windows of the scalar, `bits` bits each, lowest first; a window w stands for w - 2^(bits-1).
 */
export function addToBuckets(buckets: usize, bits: i32, point: usize, digits: u64): void {
  const half = 1 << (bits - 1), mask = 2 * half - 1;
  const stride = <usize>(half + 1) * ROWS;
  const w0 = (<i32>digits & mask) - half, w1 = (<i32>(digits >> bits) & mask) - half;
  const w2 = (<i32>(digits >> (2 * bits)) & mask) - half, w3 = (<i32>(digits >> (3 * bits)) & mask) - half;
  const windows = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(w0), 1, w1), 2, w2), 3, w3);
  const p0 = buckets + <usize>abs(w0) * ROWS, p1 = buckets + stride + <usize>abs(w1) * ROWS;
  const p2 = buckets + 2 * stride + <usize>abs(w2) * ROWS, p3 = buckets + 3 * stride + <usize>abs(w3) * ROWS;
  gather(four, p0, p1, p2, p3);
  spread(point, i32x4.shr_s(windows, 31));
  addSpread(four);
  scatter(four, p0, p1, p2, p3);
}

/** Writes the four windows' sums of bucket k times k, points in rows one after the other. */
export function sumBuckets(to: usize, buckets: usize, bits: i32): void {
  const half = 1 << (bits - 1);
  const stride = <usize>(half + 1) * ROWS;
  let at = buckets + stride - ROWS;
  gather(run, at, at + stride, at + 2 * stride, at + 3 * stride);
  memory.copy(total, run, 640);
  while ((at -= ROWS) > buckets) {
    gather(four, at, at + stride, at + 2 * stride, at + 3 * stride);
    addFour(run, four);
    addFour(total, run);
  }
  scatter(total, to, to + ROWS, to + 2 * ROWS, to + 3 * ROWS);
}
