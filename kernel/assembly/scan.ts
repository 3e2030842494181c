/**
 * Finds the parts of events of known forms in the bytes of a document: what src/custody/event-scanner.ts makes acts of.
 *
 * Reads  nothing.   Used by  index.ts. Has no part in any verdict about a signature.
 * Layout all of it static: batches and rows use the memory behind. The caller writes classes, frames, forms and their texts once, then
 *        one document after the other, and reads a record for each event.
 * Note   behind the document stands a zero, which is in no class and no text of a form: nothing is read as part of it beyond its end.
 * @module
 */

/** Bytes of the longest document. */
const TEXT: i32 = 65536;
const POOL: usize = 1 << 20;
const FORMS: i32 = 32;
const SLOTS: i32 = 24;
/** Bytes of a form: number of slots, then address and length of the text before each slot, and its kind; then of the text behind. */
const FORM: usize = 4 + 12 * 25;
const FRAMES: i32 = 8;
/** Address and length of each of three texts. */
const FRAME: usize = 24;
const EVENTS: i32 = 640;
/**
 * Words of a record: form; where its list of ids begins and ends, number of its runs; of each slot where it ends, and its word or,
 * if it is none, where it begins. Words not met before are given by where they begin, negative.
 */
const HEAD: usize = 16;
const RECORD: usize = 16 + 8 * 24;
/** Places of words, two for each hash. */
const PLACES: i32 = 1 << 14;
/** Address and length of the text, kind and number of the word. */
const PLACE: usize = 16;

/** Words of a run of ids of one family whose ends are of one length: where the first end begins, how many, that length, the family. */
const RUN: usize = 16;
/** Runs of a document, which follow one another event by event, and of one list. */
const RUNS: i32 = 1024;
const LISTED: i32 = 16;

/** Most bytes of an event beside its ids. */
const REST: usize = 2000;

const FAMILY: usize = 40;
const TIME: usize = 24;

const KIND_TIME = 0;
const KIND_URI = 1;
const KIND_EVENT = 2;
const KIND_IDS = 3;
const KIND_RANDOM = 4;
/** Kinds from here on are words. */
const KIND_NAME = 5;
const KIND_LOT = 6;
const KIND_WORD = 7;
const KIND_FAMILY = 8;

/** Classes of bytes: two tables each, for the low and the high half of a byte. */
const LETTER: usize = 0;
const SCHEME: usize = 32;
const URI: usize = 64;
const SERIAL: usize = 96;
const RANDOM: usize = 128;
const LOT: usize = 160;
const PLAIN: usize = 192;

const classes: usize = memory.data(224, 16);
const frames: usize = memory.data(8 * 24, 16);
const forms: usize = memory.data(32 * (4 + 12 * 25), 16);
/** Forms in the order they are tried. */
const order: usize = memory.data(32, 16);
const text: usize = memory.data(65536 + 64, 16);
const pool: usize = memory.data(1 << 20, 16);
const places: usize = memory.data(16 * (1 << 14), 16);
const records: usize = memory.data(640 * (16 + 8 * 24), 16);
const runs: usize = memory.data(16 * 1024, 16);
const addresses: usize = memory.data(28, 16);

let frameCount: i32 = 0;
let formCount: i32 = 0;
let pooled: usize = 0;

/** Address of the addresses of classes, frames, forms, document, records and runs, and of where the day of the document stands in it. */
export function scanTables(): usize {
  store<u32>(addresses, classes);
  store<u32>(addresses, frames, 4);
  store<u32>(addresses, forms, 8);
  store<u32>(addresses, text, 12);
  store<u32>(addresses, records, 16);
  store<u32>(addresses, runs, 20);
  return addresses;
}

/** Room for so many bytes that stay; 0 if there is none left. */
export function scanKeep(bytes: i32): usize {
  if (bytes < 0 || pooled + <usize>bytes + 16 > POOL) return 0;
  const at = pool + pooled;
  pooled += <usize>bytes;
  return at;
}

/** Forgets all frames, forms and words. */
export function scanForget(): void {
  frameCount = formCount = 0;
  pooled = 0;
  memory.fill(places, 0, PLACE * PLACES);
}

/** Says how many frames and forms have been written. */
export function scanKnown(frameNumber: i32, formNumber: i32): void {
  frameCount = frameNumber;
  for (; formCount < formNumber; formCount++) store<u8>(order + formCount, <u8>formCount);
}

/** Keeps the text [start, end) of the document as word `number` of a kind; false if there is no room. */
export function scanLearn(kind: i32, start: i32, end: i32, number: i32): bool {
  const length = end - start;
  const at = scanKeep(length);
  if (at == 0) return false;
  memory.copy(at, text + start, length);
  const place = placeOf(kind, text + start, text + end);
  const other = otherOf(place);
  memory.copy(other, place, PLACE);
  store<u32>(place, at);
  store<u32>(place, length, 4);
  store<u32>(place, kind, 8);
  store<u32>(place, number, 12);
  return true;
}

/** Where the document ends, and the frame it stands in. */
let stop: usize = 0;
let frame: usize = 0;
/** Runs of the events before the one at hand, and with its own. */
let runsBefore: i32 = 0;
let runCount: i32 = 0;

/** Where the events of the document begin, or 0 if it stands in no frame. */
function begin(): usize {
  for (let i = 0; i < frameCount; i++) {
    frame = frames + <usize>i * FRAME;
    const day = after(load<u32>(frame), load<u32>(frame, 4), text);
    if (day == 0 || day + TIME >= stop) continue;
    const at = after(load<u32>(frame, 8), load<u32>(frame, 12), day + TIME);
    if (at == 0) continue;
    store<u32>(addresses, <u32>(day - text), 24);
    return at;
  }
  return 0;
}

/** Finds all events of the document; how many there are, or -1 if it is not of events of known forms and nothing else. */
export function scan(length: i32): i32 {
  if (length < 0 || length > TEXT) return -1;
  stop = text + length;
  store<u8>(stop, 0);
  let at = begin();
  if (at == 0) return -1;
  runCount = 0;
  let record = records;
  for (let count = 0; count < EVENTS; record += RECORD) {
    at = event(at, record);
    if (at == 0) return -1;
    count++;
    if (load<u8>(at) == 0x2c) {
      at++;
      continue;
    }
    return after(load<u32>(frame, 16), load<u32>(frame, 20), at) == stop ? count : -1;
  }
  return -1;
}

/** The form tried last, and how many of its slots fitted. */
let tried: usize = 0;
let fitting: i32 = 0;

/** Finds the event at `at`; where it ends, or 0. */
function event(at: usize, record: usize): usize {
  tried = 0;
  fitting = 0;
  runsBefore = runCount;
  for (let i = 0; i < formCount; i++) {
    const number = <i32>load<u8>(order + i);
    const end = fit(forms + <usize>number * FORM, at, record);
    if (end == 0) continue;
    const listed = <usize>(load<i32>(record, 8) - load<i32>(record, 4));
    if (end - at > listed + REST) return 0;
    if (i > 0) {
      store<u8>(order + i, load<u8>(order + i - 1));
      store<u8>(order + i - 1, <u8>number);
    }
    store<i32>(record, number);
    return end;
  }
  return 0;
}

/** Where the event at `at` ends if it is of a form; else 0. What it begins with like the form tried before is not looked at again. */
function fit(form: usize, at: usize, record: usize): usize {
  const slots = <i32>load<u32>(form);
  let slot = 0;
  if (tried != 0) {
    const common = min(fitting, slots);
    while (slot < common && isSameSlot(form + <usize>slot * 12, tried + <usize>slot * 12)) slot++;
  }
  tried = form;
  fitting = slot;
  let here = slot == 0 ? at : text + load<u32>(record + HEAD + <usize>(slot - 1) * 8);
  for (; slot < slots; slot++) {
    const part = form + 4 + <usize>slot * 12;
    here = after(load<u32>(part), load<u32>(part, 4), here);
    if (here == 0) return 0;
    const to = record + HEAD + <usize>slot * 8;
    here = endOfSlot(load<u32>(part, 8), here, record, to);
    if (here == 0) return 0;
    store<i32>(to, <i32>(here - text));
    fitting = slot + 1;
  }
  const last = form + 4 + <usize>slots * 12;
  return after(load<u32>(last), load<u32>(last, 4), here);
}

// prettier-ignore
@inline
function isSameSlot(a: usize, b: usize): bool {
  return load<u32>(a, 4) == load<u32>(b, 4) && load<u32>(a, 8) == load<u32>(b, 8) && load<u32>(a, 12) == load<u32>(b, 12);
}

/** Where the slot at `at` ends, or 0. */
function endOfSlot(kind: i32, at: usize, record: usize, to: usize): usize {
  if (kind == KIND_IDS) return ids(at, record, to);
  if (load<u8>(at) != 0x22) return 0;
  const start = at + 1;
  if (kind == KIND_TIME) store<i32>(to, <i32>(start - text), 4);
  if (kind == KIND_TIME) return start + TIME < stop && load<u8>(start + TIME) == 0x22 ? start + TIME + 1 : 0;
  let end: usize;
  if (kind == KIND_URI || kind == KIND_EVENT || kind == KIND_NAME) {
    if (isIn(LETTER, start) == 0) return 0;
    const colon = endOfClass(SCHEME, start);
    if (load<u8>(colon) != 0x3a) return 0;
    end = endOfClass(URI, colon + 1);
    if (end == colon + 1 || (kind == KIND_EVENT && end - start > 200)) return 0;
  } else if (kind == KIND_LOT) {
    end = endOfClass(LOT, start);
    if (end == start || end - start > 20) return 0;
  } else if (kind == KIND_WORD) {
    end = endOfClass(PLAIN, start);
    if (end - start > 100) return 0;
  } else {
    end = endOfClass(RANDOM, start);
    if (end - start < 16 || end - start > 64) return 0;
  }
  if (load<u8>(end) != 0x22) return 0;
  store<i32>(to, kind >= KIND_NAME ? word(kind, start, end) : <i32>(start - text), 4);
  return end + 1;
}

/** Ids whose {@link FAMILY} bytes and ends tell them apart, in runs of one family and one length. */
function ids(at: usize, record: usize, to: usize): usize {
  if (load<u8>(at) != 0x5b) return 0;
  runCount = runsBefore;
  // Where the quote of the next id stands.
  let next = at + 1;
  for (;;) {
    if (runCount == RUNS || runCount - runsBefore == LISTED) return 0;
    next = run(next, runs + <usize>runCount * RUN);
    if (next == 0) return 0;
    runCount++;
    if (load<u8>(next) != 0x2c) break;
    next++;
  }
  if (load<u8>(next) != 0x5d) return 0;
  store<i32>(record, <i32>(at - text), 4);
  store<i32>(record, <i32>(next + 1 - text), 8);
  store<i32>(record, runCount - runsBefore, 12);
  store<i32>(to, <i32>(at - text), 4);
  return next + 1;
}

/** Behind the ids from the quote at `at` on that begin with the same bytes, and differ in as many bytes behind them; 0 if there is none. */
function run(at: usize, to: usize): usize {
  if (load<u8>(at) != 0x22) return 0;
  const first = at + 1 + FAMILY;
  if (first >= stop) return 0;
  const end = endOfClass(SERIAL, first);
  const length = end - first;
  if (length < 2 || length > 20 || load<u8>(end) != 0x22) return 0;
  let count = 1;
  let next = end + 1;
  while (load<u8>(next) == 0x2c) {
    // The quote and the family of the first.
    const serial = after(at, FAMILY + 1, next + 1);
    if (serial == 0) break;
    const behind = endOfClass(SERIAL, serial);
    if (behind - serial != length || load<u8>(behind) != 0x22) break;
    next = behind + 1;
    count++;
  }
  store<i32>(to, <i32>(first - text));
  store<i32>(to, count, 4);
  store<i32>(to, <i32>length, 8);
  store<i32>(to, word(KIND_FAMILY, at + 1, first), 12);
  return next;
}

/** Number of the word that the text [start, end) is of this kind, or where it begins, negative. */
function word(kind: i32, start: usize, end: usize): i32 {
  const place = placeOf(kind, start, end);
  if (isWord(place, kind, start, end)) return load<i32>(place, 12);
  const other = otherOf(place);
  return isWord(other, kind, start, end) ? load<i32>(other, 12) : -<i32>(start - text);
}

function isWord(place: usize, kind: i32, start: usize, end: usize): bool {
  const length = end - start;
  if (load<u32>(place, 4) != <u32>length || load<i32>(place, 8) != kind) return false;
  return after(load<u32>(place), length, start) == end;
}

function placeOf(kind: i32, start: usize, end: usize): usize {
  let mixed = (<u64>kind << 32) ^ (<u64>(end - start));
  // What differs stands at the end.
  for (let i = max(start, end - 16); i < end; i++) mixed = (mixed ^ <u64>load<u8>(i)) * 0x100000001b3;
  mixed ^= mixed >> 29;
  return places + <usize>(mixed & <u64>(PLACES - 1)) * PLACE;
}

function otherOf(place: usize): usize {
  return places + ((place - places) ^ PLACE);
}

/** Behind the text of `length` bytes at `known` that stands at `at`, too; 0 if it does not. */
function after(known: usize, length: usize, at: usize): usize {
  let done: usize = 0;
  for (; done + 16 <= length; done += 16) {
    if (v128.any_true(v128.xor(v128.load(known + done), v128.load(at + done)))) return 0;
  }
  for (; done < length; done++) if (load<u8>(known + done) != load<u8>(at + done)) return 0;
  return at + length;
}

/** The first byte from `at` on that is not of a class; the zero behind the document is of none. */
function endOfClass(table: usize, at: usize): usize {
  const low = v128.load(classes + table), high = v128.load(classes + table, 16);
  const mask = i8x16.splat(15);
  let outside = 0;
  for (; at <= stop; at += 16) {
    const bytes = v128.load(at);
    const rows = i8x16.swizzle(low, v128.and(bytes, mask));
    const columns = i8x16.swizzle(high, i8x16.shr_u(bytes, 4));
    outside = i8x16.bitmask(i8x16.eq(v128.and(rows, columns), i8x16.splat(0)));
    if (outside != 0) break;
  }
  return at + <usize>ctz(outside);
}

function isIn(table: usize, at: usize): u8 {
  const byte = load<u8>(at);
  return load<u8>(classes + table + <usize>(byte & 15)) & load<u8>(classes + table + 16 + <usize>(byte >> 4));
}
