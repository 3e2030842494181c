/**
 * The audit's keyed hash of rows of the derived index: what src/audit/row-hash.ts defines, on bytes in this memory.
 *
 * Reads  nothing.   Used by  index.ts. Has no part in any verdict about a signature.
 * Layout key: four words of the rounds, then for each of four sums the words of 16 header units and of UNITS units of the subject.
 *        Rows lie where the arrays of a batch lie at other times.
 * @module
 */

const HEAD: usize = 32;
/** Bytes of a subject whose units have words of their own. */
const BODY: usize = 1024;
/** Bytes of the words of one sum: four for each unit of two bytes. */
const SUM: usize = 2 * (HEAD + BODY);
const ROUNDS: i32 = 4;
/** Runs of entries with sums of their own; one more for entries the log does not have. */
const BUCKETS: i32 = 256;
const DIGEST: usize = 16;

const keys: usize = memory.data(16 + 4 * 2 * (32 + 1024), 16);
/** Bytes of the longest subject of an event. */
const EVENT: usize = 256;

const head: usize = memory.data(32, 16);
const event: usize = memory.data(256 + 16, 16);
const sums: usize = memory.data(16, 16);
const tail: usize = memory.data(16, 16);

/** Where the key is to be written. */
export function rowKeys(): usize {
  return keys;
}

/** Where so many bytes may be written, until something else of the kernel is called; 0 if memory cannot grow. */
export function rowRoom(bytes: i32): usize {
  const at = (__heap_base + 15) & ~15;
  if (bytes < 0 || <u64>at + <u64>bytes > 0xffff0000) return 0;
  const pages = <i32>((<u64>at + <u64>bytes + 0xffff) >> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) return 0;
  return at;
}

/** How long the text is that subjects of events begin with. */
let prefix: usize = 0;

/** Where the text is to be written that subjects of events begin with, so many bytes of it; 0 if it is too long. */
export function rowEvents(bytes: i32): usize {
  if (bytes < 0 || <usize>bytes > EVENT) return 0;
  prefix = bytes;
  return event;
}

/** Where {@link hashAct} adds up. */
export function rowSums(): usize {
  return sums;
}

/**
 * Adds the hashes of an act's rows: that of its event id, if that has a length, and those of its units, which are of one length and
 * stand so far from each other. The count of each is 1.
 * @returns false, and nothing added, if the event id is too long.
 */
export function hashAct(id: usize, idLength: i32, unit: usize, unitLength: i32, stride: i32, units: i32, entry: f64): bool {
  if (idLength < 0 || <usize>idLength > EVENT - prefix) return false;
  if (idLength > 0) {
    memory.copy(event + prefix, id, idLength);
    add(event, prefix + <usize>idLength, <i64>entry, 1, sums);
  }
  for (let i = 0; i < units; i++) add(unit + <usize>i * <usize>stride, unitLength, <i64>entry, 1, sums);
  return true;
}

/** Adds the hash of a row to the digest at `to`; entry and count are integers. */
export function hashRow(subject: usize, length: i32, entry: f64, count: f64, to: usize): void {
  add(subject, <usize>length, <i64>entry, <i64>count, to);
}

/**
 * Adds rows to the digests of their runs of entries, 16 bytes each from `to` on. A row is the length of its subject in bytes, entry
 * and count, each in decimal with a space behind it, and the subject.
 * @returns how many rows there are; -1 if the bytes are not that, and the digests then worthless.
 */
export function hashRows(at: usize, length: i32, size: f64, to: usize): i32 {
  const end = at + <usize>length;
  let rows = 0;
  while (at < end) {
    number(at, end);
    const subjectLength = value;
    at = number(next, end);
    const entry = value;
    at = number(next, end);
    const count = value;
    if (next == 0 || subjectLength < 0 || subjectLength > <i64>(end - next)) return -1;
    const bucket = entry < 0 || <f64>entry >= size ? BUCKETS : <i32>Math.floor((<f64>entry * <f64>BUCKETS) / size);
    add(next, <usize>subjectLength, entry, count, to + <usize>bucket * DIGEST);
    at = next + <usize>subjectLength;
    rows++;
  }
  return rows;
}

/** The number read last, and where what is behind its space begins; 0 where there is none. */
let value: i64 = 0;
let next: usize = 0;

/** Reads a number; at 0, nothing. */
function number(at: usize, end: usize): usize {
  next = 0;
  if (at == 0) return 0;
  const isNegative = at < end && load<u8>(at) == 0x2d;
  if (isNegative) at++;
  const first = at;
  let read: i64 = 0;
  for (; at < end; at++) {
    const digit = <i32>load<u8>(at) - 0x30;
    if (<u32>digit > 9) break;
    read = 10 * read + digit;
  }
  if (at == first || at - first > 19 || at == end || load<u8>(at) != 0x20) return 0;
  value = isNegative ? -read : read;
  next = at + 1;
  return next;
}

function add(subject: usize, length: usize, entry: i64, count: i64, to: usize): void {
  store<i64>(head, entry);
  store<i64>(head, count, 8);
  store<u64>(head, <u64>length, 16);
  let words = keys + 16;
  let a = part(head, words), b = part(head, words + SUM), c = part(head, words + 2 * SUM), d = part(head, words + 3 * SUM);
  words += HEAD;
  a = i32x4.add(a, part(head + 16, words));
  b = i32x4.add(b, part(head + 16, words + SUM));
  c = i32x4.add(c, part(head + 16, words + 2 * SUM));
  d = i32x4.add(d, part(head + 16, words + 3 * SUM));
  for (let done: usize = 0; done < length; done += 16) {
    let units = subject + done;
    if (done + 16 > length) {
      v128.store(tail, i32x4.splat(0));
      memory.copy(tail, units, length - done);
      units = tail;
    }
    words = keys + 16 + 2 * HEAD + 2 * (done & (BODY - 1));
    a = i32x4.add(a, part(units, words));
    b = i32x4.add(b, part(units, words + SUM));
    c = i32x4.add(c, part(units, words + 2 * SUM));
    d = i32x4.add(d, part(units, words + 3 * SUM));
  }
  mix(total(a), total(b), total(c), total(d), to);
}

/** Eight units times eight words, two of the products in each lane. */
// prettier-ignore
@inline
function part(units: usize, words: usize): v128 {
  const both = v128.load(units);
  const low = i32x4.mul(i32x4.extend_low_i16x8_u(both), v128.load(words));
  return i32x4.add(low, i32x4.mul(i32x4.extend_high_i16x8_u(both), v128.load(words, 16)));
}

// prettier-ignore
@inline
function total(sums: v128): u32 {
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}

/** Rounds under the key, added to the digest. */
function mix(s0: u32, s1: u32, s2: u32, s3: u32, to: usize): void {
  const k0 = load<u32>(keys), k1 = load<u32>(keys, 4), k2 = load<u32>(keys, 8), k3 = load<u32>(keys, 12);
  let v0 = k0 ^ s0, v1 = k1 ^ s1, v2 = k2 ^ s2, v3 = k3 ^ s3;
  for (let round = 0; round < ROUNDS; round++) {
    v0 += v1;
    v1 = rotl(v1, 5) ^ v0;
    v0 = rotl(v0, 16);
    v2 += v3;
    v3 = rotl(v3, 8) ^ v2;
    v0 += v3;
    v3 = rotl(v3, 7) ^ v0;
    v2 += v1;
    v1 = rotl(v1, 13) ^ v2;
    v2 = rotl(v2, 16);
    if ((round & 1) == 1) {
      v0 ^= k1;
      v2 ^= k2;
    }
  }
  const result = i32x4(1, v0 ^ k3, v1 ^ v2, v3 ^ k0);
  v128.store(to, i32x4.add(v128.load(to), result));
}
