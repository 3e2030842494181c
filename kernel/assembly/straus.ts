/**
 * Sums of few points with long scalars by Straus' method: one chain of doublings, a table of sixteen multiples a point.
 *
 * Reads  point.ts.   Used by  batch.ts (keys and the base point), single.ts.
 * Layout a table holds 1 P .. 16 P in cached form. A scalar becomes 52 digits of -16 .. 15 by adding 16 to each in advance.
 * @module
 */
import { addWords } from './scalar';
import { addCached, cache, cacheDecoded, double, negateCached, setNeutral } from './point';

/** Bytes of a table and of the digits of a scalar. */
export const TABLE: usize = 16 * 160;
export const DIGITS: usize = 64;
const DIGIT_COUNT: i32 = 52;

const sum: usize = memory.data(160, 16);
const addend: usize = memory.data(160, 16);
const shifted: usize = memory.data(40, 16);
/** 16 * 32^j summed over all digits: bits 4, 9, .. 259. */
const offset: usize = memory.data(40, 16);

/** Computes the constants; to be called once. */
export function prepareStraus(): void {
  memory.fill(offset, 0, 40);
  for (let bit: usize = 4; bit < 260; bit += 5) {
    const at = offset + (bit >> 3);
    store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(bit & 7)));
  }
}

/** Fills a table with the multiples of a decoded point. */
export function buildTable(table: usize, point: usize): void {
  cacheDecoded(table, point);
  setNeutral(sum);
  addCached(sum, sum, table);
  cache(table, sum);
  for (let at = table + 160; at < table + TABLE; at += 160) {
    addCached(sum, sum, table);
    cache(at, sum);
  }
}

/** Writes the digits of a scalar less than 2^256. */
export function writeDigits(digits: usize, scalar: usize): void {
  memory.copy(shifted, scalar, 32);
  store<u64>(shifted, 0, 32);
  addWords(shifted, offset, 9);
  for (let j: i32 = 0; j < DIGIT_COUNT; j++) {
    const bit = 5 * j;
    const window = <i32>load<u16>(shifted + (bit >> 3)) >> (bit & 7);
    store<i8>(digits + j, <i8>((window & 31) - 16));
  }
}

/** p = p + d P, d the digit for bit `bit` if there is one. */
export function addDigit(p: usize, bit: i32, digits: usize, table: usize): void {
  const digit = <i32>load<i8>(digits + bit / 5);
  if (digit == 0) return;
  const entry = table + <usize>(abs(digit) - 1) * 160;
  if (digit > 0) addCached(p, p, entry);
  else {
    negateCached(addend, entry);
    addCached(p, p, addend);
  }
}

/** p = a A + b B, given digits and tables. */
export function combine(p: usize, digitsA: usize, tableA: usize, digitsB: usize, tableB: usize): void {
  setNeutral(p);
  for (let bit = 5 * (DIGIT_COUNT - 1); ; bit -= 5) {
    addDigit(p, bit, digitsA, tableA);
    addDigit(p, bit, digitsB, tableB);
    if (bit == 0) return;
    for (let k = 0; k < 5; k++) double(p, p);
  }
}
