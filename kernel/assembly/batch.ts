/**
 * Verdicts of a batch: one equation for all; where it fails, halves; at the end exact checks of single signatures.
 *
 * Reads  layout.ts, decompress.ts, encode.ts, memo.ts, scalar.ts, sha512.ts, straus.ts, sum.ts.   Used by  index.ts.
 * Source ZIP 215: S < L, R and A decoded leniently, [8](s B - h A - R) = 0.
 * @module
 */
import { POINT, decompress } from './decompress';
import { isEncodedAs } from './encode';
import * as at from './layout';
import { addCached, cache, cacheDecoded, isTorsion, negateCached } from './point';
import { isReduced, negateScalar, reduce } from './scalar';
import { sha512 } from './sha512';
import { findKey, keepKey, pointOf, tablesOf, useSingly } from './memo';
import { TABLE, combine, combineQuarters, writeDigits } from './straus';
import { baseTables, sumOf } from './sum';

/** A failing run of at most this many items is checked one by one: cheaper than halving it further. */
const SINGLES: i32 = 8;
/** A batch of fewer is not worth an equation. */
const BATCH_MIN: i32 = 4;
/** After so many halvings in a row of which both halves failed, bad items are many: everything is checked one by one. */
const STREAK: i32 = 3;

/** Sums of the runs being split, one below the other: at most one for each halving of 2^20 items. */
const sums: usize = memory.data(24 * 160, 16);
const point: usize = memory.data(160, 16);
const cached: usize = memory.data(160, 16);
const scalar: usize = memory.data(32, 16);
const digitsA: usize = memory.data(64, 16);
const digitsB: usize = memory.data(64, 16);
/** Numbers of the keys not met before. */
const unknown: usize = memory.data(16, 16);

let keyCount: i32 = 0;
let liveCount: i32 = 0;

/** Verdicts of all items of the layout. @returns how many are 0. */
export function verifyAll(count: i32, allKeys: i32): i32 {
  keyCount = allKeys;
  liveCount = 0;
  decodeKeys();
  decodeItems(count);
  if (liveCount < BATCH_MIN) singles(0, liveCount);
  else {
    sumOf(sums, 0, liveCount, keyCount);
    if (!isTorsion(sums)) split(0, liveCount, sums, 0);
  }
  let bad = 0;
  for (let i = 0; i < count; i++) bad += 1 - load<u8>(at.verdicts + i);
  return bad;
}

/**
 * Exact verdict of item 0 with key 0: 1 or 0. With a key met before R is not decoded: if s B - h A encodes to the bytes of R, the
 * equation holds even without the cofactor. Everything else is decided with R decoded.
 */
export function verifyOne(): i32 {
  const signature = at.signatures, key = at.keys;
  if (!isReduced(signature + 32)) return 0;
  let slot = findKey(key);
  const isKnown = slot != 0;
  if (!isKnown) {
    const good = decompress(signature, key, key, key, at.points, at.keyPoints, at.keyPoints, at.keyPoints);
    if ((good & 3) != 3) return 0;
    slot = keepKey(key, at.keyPoints, 0);
  }
  sha512(at.hashes, signature, key, at.messages + load<u32>(at.offsets), load<u32>(at.offsets, 4) - load<u32>(at.offsets));
  compute(0, slot);
  if (isKnown) {
    if (isEncodedAs(point, signature)) return 1;
    const to = at.points;
    if ((decompress(signature, signature, signature, signature, to, to, to, to) & 1) == 0) return 0;
  }
  return isValid(0) ? 1 : 0;
}

/** Decodes all keys but those met before, four at a time, and notes which are points (1) and have a table (2). */
function decodeKeys(): void {
  let count = 0;
  for (let k = 0; k < keyCount; k++) {
    const slot = findKey(at.keys + 32 * k);
    if (slot != 0) {
      memory.copy(at.keyPoints + POINT * k, pointOf(slot), POINT);
      const hasPlace = keyCount <= at.TABLE_KEYS_MAX;
      if (hasPlace) memory.copy(at.tables + TABLE * k, tablesOf(slot), TABLE);
      store<u8>(at.keyStates + k, hasPlace ? 3 : 1);
    } else store<u32>(unknown + 4 * count++, k);
    if (count == 4 || (count > 0 && k == keyCount - 1)) {
      decodeUnknown(count);
      count = 0;
    }
  }
}

/** Decodes one to four keys. */
function decodeUnknown(count: i32): void {
  for (let i = count; i < 4; i++) store<u32>(unknown + 4 * i, load<u32>(unknown));
  const k0 = load<u32>(unknown), k1 = load<u32>(unknown, 4), k2 = load<u32>(unknown, 8), k3 = load<u32>(unknown, 12);
  const from = at.keys, to = at.keyPoints;
  // prettier-ignore
  const good = decompress(from + 32 * k0, from + 32 * k1, from + 32 * k2, from + 32 * k3,
    to + POINT * k0, to + POINT * k1, to + POINT * k2, to + POINT * k3);
  for (let i = 0; i < count; i++) store<u8>(at.keyStates + load<u32>(unknown + 4 * i), (good >> i) & 1);
}

/** Decodes every R and hashes every item that can be valid at all: key and R are points, S < L. The others get their 0. */
function decodeItems(count: i32): void {
  const last = count - 1;
  for (let i = 0; i < count; i += 4) {
    const i1 = min(i + 1, last), i2 = min(i + 2, last), i3 = min(i + 3, last);
    const from = at.signatures, to = at.points;
    // prettier-ignore
    const good = decompress(from + 64 * i, from + 64 * i1, from + 64 * i2, from + 64 * i3,
      to + POINT * i, to + POINT * i1, to + POINT * i2, to + POINT * i3);
    for (let j = 0; j < 4 && i + j <= last; j++) admit(i + j, ((good >> j) & 1) != 0);
  }
}

/** Takes an item into the batch, or gives it its 0. */
function admit(item: i32, hasPoint: bool): void {
  const key = load<u32>(at.keyIndex + 4 * item);
  const signature = at.signatures + 64 * item;
  const ok = hasPoint && (load<u8>(at.keyStates + key) & 1) != 0 && isReduced(signature + 32);
  store<u8>(at.verdicts + item, ok ? 1 : 0);
  if (!ok) return;
  const start = load<u32>(at.offsets + 4 * item), end = load<u32>(at.offsets + 4 * item, 4);
  sha512(at.hashes + 64 * item, signature, at.keys + 32 * key, at.messages + start, end - start);
  store<u32>(at.live + 4 * liveCount++, item);
}

/**
 * Finds the bad items in a run that has some, its sum given: the left half's sum is computed, the right half's is the
 * difference, for the z are the same.
 */
function split(from: i32, to: i32, sum: usize, streak: i32): void {
  if (to - from <= SINGLES || streak == STREAK) return singles(from, to);
  const middle = (from + to) >> 1;
  const left = sum + 160, right = sum;
  sumOf(left, from, middle, keyCount);
  cache(cached, left);
  negateCached(cached, cached);
  addCached(right, right, cached);
  const leftFails = !isTorsion(left), rightFails = !isTorsion(right);
  const both = leftFails && rightFails;
  const next = both ? streak + 1 : 0;
  if (leftFails) split(from, middle, left, next);
  if (rightFails) split(middle, to, right, next);
}

/** Checks items one by one. */
function singles(from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    const item = load<u32>(at.live + 4 * i), key = load<u32>(at.keyIndex + 4 * item);
    let slot = findKey(at.keys + 32 * key);
    if (slot == 0) slot = keepKey(at.keys + 32 * key, at.keyPoints + POINT * key, 0);
    compute(item, slot);
    if (!isValid(item)) store<u8>(at.verdicts + item, 0);
  }
}

/** point = s B - h A of an item that is hashed, by the key in a slot; exactly s B + (L - h mod L) A, the same times 8. */
function compute(item: u32, slot: usize): void {
  reduce(scalar, at.hashes + 64 * item, 16);
  negateScalar(scalar);
  writeDigits(digitsA, scalar);
  writeDigits(digitsB, at.signatures + 64 * item + 32);
  if (useSingly(slot)) combineQuarters(point, digitsA, tablesOf(slot), digitsB, baseTables);
  else combine(point, digitsA, tablesOf(slot), digitsB, baseTables);
}

/** The exact check of the item computed last: [8](s B - h A - R) = 0. */
function isValid(item: u32): bool {
  cacheDecoded(cached, at.points + POINT * item);
  negateCached(cached, cached);
  addCached(point, point, cached);
  return isTorsion(point);
}
