/**
 * Keys met before: their point and their tables are kept, since few signers sign much.
 *
 * Reads  straus.ts.   Used by  batch.ts, sum.ts.
 * Layout 64 sets of four slots; a slot holds key, number of single checks, time of last use, decoded point, and up to four
 *        tables, for A and 2^65, 2^130, 2^195 times A. The slot used longest ago makes place. Keys that are no points stay out.
 * Rule   a lost slot costs time and nothing else, so whoever chooses keys that share a set gains nothing but what new keys cost.
 * @module
 */
import { POINT } from './decompress';
import { QUARTERS, TABLE, buildQuarters, buildTable } from './straus';

const SETS: i32 = 64;
const WAYS: i32 = 4;
const USES: usize = 32;
const STAMP: usize = 36;
const SLOT_POINT: usize = 48;
const SLOT_TABLES: usize = SLOT_POINT + POINT;
const SLOT: usize = SLOT_TABLES + QUARTERS * TABLE;

const slots: usize = memory.data(<i32>SLOT * SETS * WAYS, 16);
let clock: u32 = 0;

/** The slot of a key, or 0. */
export function findKey(key: usize): usize {
  const set = setOf(key);
  for (let slot = set; slot < set + WAYS * SLOT; slot += SLOT) {
    if (load<u32>(slot + STAMP) != 0 && isSame(slot, key)) {
      store<u32>(slot + STAMP, ++clock);
      return slot;
    }
  }
  return 0;
}

/** Makes a slot for a key that has none, with its point and its table, which is built if `table` is 0. */
export function keepKey(key: usize, point: usize, table: usize): usize {
  const set = setOf(key);
  let oldest = set;
  for (let slot = set + SLOT; slot < set + WAYS * SLOT; slot += SLOT) {
    if (load<u32>(slot + STAMP) < load<u32>(oldest + STAMP)) oldest = slot;
  }
  memory.copy(oldest, key, 32);
  memory.copy(oldest + SLOT_POINT, point, POINT);
  if (table == 0) buildTable(oldest + SLOT_TABLES, point);
  else memory.copy(oldest + SLOT_TABLES, table, TABLE);
  store<u32>(oldest + USES, 0);
  store<u32>(oldest + STAMP, ++clock);
  return oldest;
}

/** The decoded point of a slot. */
export function pointOf(slot: usize): usize {
  return slot + SLOT_POINT;
}

/** The tables of a slot, of which the first is filled. */
export function tablesOf(slot: usize): usize {
  return slot + SLOT_TABLES;
}

/** Counts a single check by a slot's key; at the second all its tables are filled. @returns whether they are. */
export function useSingly(slot: usize): bool {
  const uses = load<u32>(slot + USES);
  if (uses == 1) buildQuarters(slot + SLOT_TABLES, slot + SLOT_POINT);
  if (uses < 2) store<u32>(slot + USES, uses + 1);
  return uses > 0;
}

function setOf(key: usize): usize {
  const mixed = (load<u64>(key) ^ load<u64>(key, 16)) * 0x9e3779b97f4a7c15;
  return slots + <usize>(mixed >> 58) * WAYS * SLOT;
}

function isSame(a: usize, b: usize): bool {
  const low = v128.xor(v128.load(a), v128.load(b)), high = v128.xor(v128.load(a, 16), v128.load(b, 16));
  return !v128.any_true(v128.or(low, high));
}
