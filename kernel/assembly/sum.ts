/**
 * The batch equation's left side for any run of a batch's items: sum of z R, plus for each key (sum of z h) A, minus (sum of z s) B.
 *
 * Reads  constants.ts, layout.ts, scalar.ts, buckets.ts, straus.ts.   Used by  batch.ts.
 * z      the caller's 128 random bits u, minus an offset with the highest bit of each window set: so the digits of z, which lie
 *        in -2^(c-1) .. 2^(c-1) - 1, are windows of u as they stand. Sum of z h = sum of u h - offset * sum of h.
 * @module
 */
import { addToBuckets, clearBuckets, sumBuckets } from './buckets';
import { BASE } from './constants';
import { POINT } from './decompress';
import * as at from './layout';
import { addCached, cache, double, fromRows, setNeutral } from './point';
import { SUM_WORDS, addProduct, addToSum, addWords, multiplyScalars, negateScalar, reduce } from './scalar';
import { keepKey } from './memo';
import { DIGITS, TABLE, addDigit, buildQuarters, buildTable, writeDigits } from './straus';

/** Bits of a scalar of a key in buckets. */
const SCALAR_BITS: i32 = 256;

/** The base point's four tables. */
export const baseTables: usize = memory.data(4 * 16 * 160, 16);
const baseDigits: usize = memory.data(64, 16);
const baseSums: usize = memory.data(SUM_WORDS * 8, 16);
const scalar: usize = memory.data(32, 16);
const second: usize = memory.data(32, 16);
const offset: usize = memory.data(40, 16);
const negatedOffset: usize = memory.data(32, 16);
const cached: usize = memory.data(160, 16);

/** Computes the base point's tables; to be called once. */
export function prepareBase(): void {
  buildQuarters(baseTables, BASE);
}

/** Windows of `bits` bits that cover `width` bits, a multiple of four. */
function windowCount(bits: i32, width: i32): i32 {
  return 4 * ((width + 4 * bits - 1) / (4 * bits));
}

/** offset = the highest bit of each of `count` windows. */
function setOffset(bits: i32, count: i32): void {
  memory.fill(offset, 0, 40);
  for (let bit = bits - 1; bit < bits * count; bit += bits) {
    const to = offset + (bit >> 3);
    store<u8>(to, load<u8>(to) | (<u8>1 << <u8>(bit & 7)));
  }
}

/** Adds up u h and h for each key, u s and s for the base point, over items `from` .. `to` - 1 of the live ones. */
function addUp(from: i32, to: i32, keyCount: i32): void {
  memory.fill(at.keySums, 0, <usize>keyCount * at.KEY_SUMS);
  memory.fill(baseSums, 0, SUM_WORDS * 8);
  for (let k = 0; k < keyCount; k++) store<u8>(at.keyStates + k, load<u8>(at.keyStates + k) & 3);
  for (let i = from; i < to; i++) {
    const item = load<u32>(at.live + 4 * i);
    const key = load<u32>(at.keyIndex + 4 * item);
    const u = at.random + 16 * item, h = at.hashes + 64 * item, s = at.signatures + 64 * item + 32;
    const sums = at.keySums + at.KEY_SUMS * key;
    addProduct(sums, u, h, 16);
    addToSum(sums + 4 * SUM_WORDS, h, 16);
    addProduct(baseSums, u, s, 8);
    addToSum(baseSums + 4 * SUM_WORDS, s, 8);
    store<u8>(at.keyStates + key, load<u8>(at.keyStates + key) | 4);
  }
}

/** to = sum of z h from the sums of u h and of h, less than 2^254. */
function finishSum(to: usize, sums: usize): void {
  reduce(second, sums + 4 * SUM_WORDS, SUM_WORDS);
  multiplyScalars(second, second, negatedOffset);
  reduce(to, sums, SUM_WORDS);
  addWords(to, second, 8);
}

/** The scalars of keys and base point, as digits for tables or shifted for buckets. */
function prepareKeys(keyCount: i32, bits: i32, byTables: bool): void {
  setOffset(bits, windowCount(bits, 128));
  reduce(negatedOffset, offset, 9);
  negateScalar(negatedOffset);
  setOffset(bits, windowCount(bits, SCALAR_BITS));
  for (let k = 0; k < keyCount; k++) {
    const state = load<u8>(at.keyStates + k);
    if ((state & 4) == 0) continue;
    finishSum(scalar, at.keySums + at.KEY_SUMS * k);
    if (byTables) {
      writeDigits(at.keyDigits + DIGITS * k, scalar);
      if ((state & 2) == 0) makeTable(k);
      store<u8>(at.keyStates + k, state | 2);
    } else {
      const to = at.keyScalars + 40 * <usize>k;
      memory.copy(to, scalar, 32);
      store<u64>(to, 0, 32);
      addWords(to, offset, 9);
    }
  }
  finishSum(scalar, baseSums);
  reduce(scalar, scalar, 8);
  negateScalar(scalar);
  writeDigits(baseDigits, scalar);
}

/** Builds a key's table, and keeps it for batches to come. */
function makeTable(key: i32): void {
  const table = at.tables + TABLE * key, point = at.keyPoints + POINT * key;
  buildTable(table, point);
  keepKey(at.keys + 32 * key, point, table);
}

/** Windows of a number in memory from bit `bit` on, of which `width` bits count. */
// prettier-ignore
@inline
function windowsOf(number: usize, bit: i32, width: i32): u64 {
  const value = load<u64>(number + (bit >> 3)) >> (bit & 7);
  const rest = width - bit;
  return rest >= 64 ? value : value & (((<u64>1) << rest) - 1);
}

/** Fills the windows' sums: of all R in the first windows, of keys in all of them unless they have tables. */
function sumWindows(from: i32, to: i32, keyCount: i32, bits: i32, count: i32): void {
  const shortCount = windowCount(bits, 128);
  for (let w = 0; w < count; w += 4) {
    clearBuckets(at.buckets, bits);
    const bit = bits * w;
    if (w < shortCount) {
      for (let i = from; i < to; i++) {
        const item = load<u32>(at.live + 4 * i);
        addToBuckets(at.buckets, bits, at.points + POINT * item, windowsOf(at.random + 16 * item, bit, 128));
      }
    }
    if (keyCount > at.TABLE_KEYS_MAX) {
      for (let k = 0; k < keyCount; k++) {
        if ((load<u8>(at.keyStates + k) & 4) == 0) continue;
        const number = at.keyScalars + 40 * <usize>k;
        addToBuckets(at.buckets, bits, at.keyPoints + POINT * k, windowsOf(number, bit, 320));
      }
    }
    sumBuckets(at.windows + 160 * w, at.buckets, bits);
  }
}

/** sum = left side of the equation for the live items `from` .. `to` - 1. */
export function sumOf(sum: usize, from: i32, to: i32, keyCount: i32): void {
  const byTables = keyCount <= at.TABLE_KEYS_MAX;
  const bits = at.windowBits(byTables ? to - from : to - from + min(keyCount, to - from));
  const count = windowCount(bits, byTables ? 128 : SCALAR_BITS);
  addUp(from, to, keyCount);
  prepareKeys(keyCount, bits, byTables);
  sumWindows(from, to, keyCount, bits, count);
  setNeutral(sum);
  for (let bit = max(255, bits * (count - 1)); bit >= 0; bit--) {
    double(sum, sum);
    if (bit % 5 == 0 && bit < 260) addTables(sum, bit / 5, keyCount, byTables);
    if (bit % bits == 0 && bit < bits * count) {
      fromRows(cached, at.windows + 160 * (bit / bits));
      cache(cached, cached);
      addCached(sum, sum, cached);
    }
  }
}

/** Adds what the tables give for digits number `j`. */
function addTables(sum: usize, j: i32, keyCount: i32, byTables: bool): void {
  addDigit(sum, baseDigits + j, baseTables);
  if (!byTables) return;
  for (let k = 0; k < keyCount; k++) {
    if ((load<u8>(at.keyStates + k) & 4) == 0) continue;
    addDigit(sum, at.keyDigits + DIGITS * k + j, at.tables + TABLE * k);
  }
}
