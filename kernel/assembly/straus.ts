/**
 * Sums of few points with long scalars by Straus' method: one chain of doublings, a table of sixteen multiples a point.
 *
 * Reads  point.ts, scalar.ts.   Used by  sum.ts (keys and the base point), batch.ts (single checks), memo.ts.
 * Layout a table holds 1 P .. 16 P in cached form. A scalar becomes 52 digits of -16 .. 15 by adding 16 to each in advance.
 *        Quarters are four tables, for P, 2^65 P, 2^130 P, 2^195 P: with them a quarter of the doublings does.
 * @module
 */
import { addWords } from './scalar';
import { addCached, cache, cacheDecoded, double, negateCached, setNeutral } from './point';

/** Bytes of a table and of the digits of a scalar. */
export const TABLE: usize = 16 * 160;
export const DIGITS: usize = 64;
const DIGIT_COUNT: i32 = 52;
/** Tables of a point used often, and digits of a scalar for each. */
export const QUARTERS: usize = 4;
const QUARTER_DIGITS: i32 = 13;

const sum: usize = memory.data(160, 16);
const next: usize = memory.data(160, 16);
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
  setDecoded(sum, point);
  fillTable(table);
}

/** Fills all four tables of a decoded point. */
export function buildQuarters(tables: usize, point: usize): void {
  setDecoded(next, point);
  for (let at = tables; ; at += TABLE) {
    memory.copy(sum, next, 160);
    fillTable(at);
    if (at == tables + (QUARTERS - 1) * TABLE) return;
    for (let k = 0; k < 5 * QUARTER_DIGITS; k++) double(next, next);
  }
}

/** p = a decoded point. */
function setDecoded(p: usize, point: usize): void {
  cacheDecoded(addend, point);
  setNeutral(p);
  addCached(p, p, addend);
}

/** Fills a table with the multiples of the point at `sum`. */
function fillTable(table: usize): void {
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

/** p = p + d P, d the digit at an address. */
export function addDigit(p: usize, at: usize, table: usize): void {
  const digit = <i32>load<i8>(at);
  if (digit == 0) return;
  const entry = table + <usize>(abs(digit) - 1) * 160;
  if (digit > 0) addCached(p, p, entry);
  else {
    negateCached(addend, entry);
    addCached(p, p, addend);
  }
}

/** p = a A + b B, given digits and each one table. */
export function combine(p: usize, digitsA: usize, tableA: usize, digitsB: usize, tableB: usize): void {
  setNeutral(p);
  for (let j = DIGIT_COUNT - 1; ; j--) {
    addDigit(p, digitsA + j, tableA);
    addDigit(p, digitsB + j, tableB);
    if (j == 0) return;
    for (let k = 0; k < 5; k++) double(p, p);
  }
}

/** The same given each all four tables. */
export function combineQuarters(p: usize, digitsA: usize, tablesA: usize, digitsB: usize, tablesB: usize): void {
  setNeutral(p);
  for (let j = QUARTER_DIGITS - 1; ; j--) {
    for (let quarter: usize = 0; quarter < QUARTERS; quarter++) {
      const digit = quarter * QUARTER_DIGITS + j;
      addDigit(p, digitsA + digit, tablesA + quarter * TABLE);
      addDigit(p, digitsB + digit, tablesB + quarter * TABLE);
    }
    if (j == 0) return;
    for (let k = 0; k < 5; k++) double(p, p);
  }
}
