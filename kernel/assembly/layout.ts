/**
 * Where everything of a batch lies in memory, and that there is enough of it.
 *
 * Reads  nothing.   Used by  batch.ts, single.ts, index.ts.
 * Layout what the caller fills comes first, then what the kernel works with; memory only grows.
 * @module
 */
import { bucketBytes } from './buckets';
import { POINT } from './decompress';
import { SUM_WORDS } from './scalar';
import { DIGITS, TABLE } from './straus';

/** Most keys whose part of a sum is computed from tables; with more they go into buckets. */
export const TABLE_KEYS_MAX: i32 = 64;
/** Bytes of a key's two sums, of z h and of h. */
export const KEY_SUMS: usize = <usize>SUM_WORDS * 8;

export let signatures: usize = 0;
export let keyIndex: usize = 0;
export let offsets: usize = 0;
export let messages: usize = 0;
export let keys: usize = 0;
export let random: usize = 0;
export let verdicts: usize = 0;
/** Decoded R and the 64-byte hash of each item; indices of the items that take part. */
export let points: usize = 0;
export let hashes: usize = 0;
export let live: usize = 0;
/** Decoded keys, whether they are points (1), have a table (2) or occur in the sum at hand (4). */
export let keyPoints: usize = 0;
export let keyStates: usize = 0;
export let keySums: usize = 0;
export let keyScalars: usize = 0;
export let keyDigits: usize = 0;
export let tables: usize = 0;
/** Buckets of one group of windows, and the sums of all windows. */
export let buckets: usize = 0;
export let windows: usize = 0;

/** The seven addresses the caller reads. */
const addresses: usize = memory.data(28, 16);
let end: usize = 0;

/** The next `bytes` bytes, aligned to 16. */
function take(bytes: u64): usize {
  const at = end;
  end += (<usize>bytes + 31) & ~15;
  return at;
}

/** Bits of a window for a sum of `count` points: what costs least, measured. */
export function windowBits(count: i32): i32 {
  return count < 160 ? 4 : count < 400 ? 6 : count < 8192 ? 8 : 11;
}

/**
 * Lays out memory for a batch.
 * @returns address of the seven addresses (signatures, keyIndex, messageOffsets, messages, keys, z, verdicts) as i32, or 0 if
 *          the numbers are out of range or memory cannot grow that far.
 */
export function layout(count: i32, keyCount: i32, messageBytes: i32): i32 {
  const most = 1 << 20;
  if (count < 0 || count > most || keyCount < 0 || keyCount > most || messageBytes < 0) return 0;
  const perItem: u64 = 64 + 4 + 4 + 16 + 1 + POINT + 64 + 4;
  const perKey: u64 = 32 + POINT + 1 + KEY_SUMS + 40;
  const tableCount = min(keyCount, TABLE_KEYS_MAX);
  const bucketSize = <u64>bucketBytes(windowBits(count + keyCount));
  const size = perItem * count + perKey * keyCount + <u64>messageBytes + bucketSize + 80 * 1024
    + <u64>(TABLE + DIGITS) * tableCount;
  if (<u64>__heap_base + size > 0xffff0000) return 0;
  const pages = <i32>((<u64>__heap_base + size + 0xffff) >> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) return 0;
  end = (__heap_base + 15) & ~15;
  signatures = take(<u64>count * 64);
  keyIndex = take(<u64>count * 4);
  offsets = take(<u64>count * 4 + 4);
  messages = take(messageBytes);
  keys = take(<u64>keyCount * 32);
  random = take(<u64>count * 16);
  verdicts = take(count);
  points = take(<u64>count * POINT);
  hashes = take(<u64>count * 64);
  live = take(<u64>count * 4);
  keyPoints = take(<u64>keyCount * POINT);
  keyStates = take(keyCount);
  keySums = take(<u64>keyCount * KEY_SUMS);
  keyScalars = take(<u64>keyCount * 40);
  keyDigits = take(<u64>tableCount * DIGITS);
  tables = take(<u64>tableCount * TABLE);
  buckets = take(bucketSize);
  windows = take(64 * 160);
  store<u32>(addresses, signatures);
  store<u32>(addresses, keyIndex, 4);
  store<u32>(addresses, offsets, 8);
  store<u32>(addresses, messages, 12);
  store<u32>(addresses, keys, 16);
  store<u32>(addresses, random, 20);
  store<u32>(addresses, verdicts, 24);
  return <i32>addresses;
}
