// Browser-safe.
/**
 * A keyed hash of rows of the derived index that can be summed: equal multisets of rows give equal sums, others as good as never.
 *
 * Reads  log/ (Posting), crypto/ (the key, the kernel), custody/.   Used by  derived.ts, entry-rows.ts.
 * Source additive multiset hashing (Clarke, Devadas, van Dijk, Gassend, Suh 2003, section 5); multilinear hashing (Carter and Wegman
 *        1979); the round of HalfSipHash (Aumasson and Bernstein 2012).
 * Method a row is a run of 16-bit units, low byte first: entry, count and the subject's length in bytes (64 bits each, two's complement,
 *        8 bytes of zeros behind them), then the subject in UTF-8. {@link RowHash.add} is the definition; the kernel does the same to many.
 * Bound  whoever wrote the rows does not know the key, which is random in each run. Four sums of a row's units, each times a
 *        random word of its position: two different rows agree in all four with a probability of at most 2^-68 (a difference of
 *        two units has at most 15 trailing zero bits, so each sum agrees with at most 2^-17). Rounds under the key then break
 *        what is linear in the sums; of the result, three words are summed: other multisets agree with 2^-96.
 * Never  influences what is reported: it only says where to look.
 * @module
 */
import { assertArray, assertBytes, assertText, utf8Decode, utf8Encode } from '../bytes/index.ts';
import { isKernelMade, kernel } from '../crypto/kernel.ts';
import { sha256 } from '../crypto/index.ts';
import { eventSubject, type ScannedActs } from '../custody/index.ts';
import type { PackedPostings, Posting } from '../log/index.ts';

/** Words of one digest: how many rows, then three sums modulo 2^32. */
export const DIGEST_WORDS = 4;
/** Runs of consecutive entries that have digests of their own; one more is for entries the log does not have. */
export const BUCKETS = 256;
/** Units before the subject. */
const HEAD_UNITS = 16;
/** Units of a subject that have words of their own: the store keeps none longer, and a hostile file's row is only hashed less well. */
const SUBJECT_UNITS = 512;
/** Words of one sum. */
const SUM_WORDS = HEAD_UNITS + SUBJECT_UNITS;
const SUMS = 4;
const ROUNDS = 4;

/** What the kernel has for this: see kernel/assembly/rows.ts. */
interface RowKernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  rowKeys(): number;
  rowEvents(bytes: number): number;
  rowSums(): number;
  rowRoom(bytes: number): number;
  hashAct(
    id: number,
    idLength: number,
    unit: number,
    unitLength: number,
    stride: number,
    units: number,
    entry: number,
  ): number;
  hashRow(subject: number, length: number, entry: number, count: number, to: number): void;
  hashRows(at: number, length: number, size: number, to: number): number;
}

/** Rows by their columns, of which the first `count` are meant. */
export interface RowRun {
  count: number;
  /** Subjects in UTF-8, one after the other, and where each ends. */
  readonly subjects: Uint8Array;
  readonly ends: Uint32Array;
  readonly entries: Float64Array;
  readonly counts: Float64Array;
  /** The word where the digest of each stands. */
  readonly at: Uint32Array;
}

/** The bucket of a row of this entry in a log of `size` entries. */
export function bucketOf(entry: number, size: number): number {
  return entry < 0 || entry >= size ? BUCKETS : Math.floor((entry * BUCKETS) / size);
}

/** Whose key which kernel of this thread has. */
let keyed: { readonly hash: RowHash | undefined; readonly engine: RowKernel | undefined } = {
  hash: undefined,
  engine: undefined,
};
/** Where it adds up; empty once its memory has grown. */
let sums: Uint32Array<ArrayBufferLike> = new Uint32Array(0);

/** Hashes rows under one key. */
export class RowHash {
  /** Words of the rounds, then those of each sum. */
  readonly #key: Uint32Array;

  /** @param salt - random bytes, unpredictable to whoever wrote the rows. */
  constructor(salt: Uint8Array) {
    this.#key = new Uint32Array(SUMS + SUMS * SUM_WORDS);
    expand(assertBytes('salt', salt), new Uint8Array(this.#key.buffer));
  }

  /** Adds a row to the digest at word `at` of `digests`. */
  add(digests: Uint32Array, at: number, { subject, entry, count }: Posting): void {
    const bytes = utf8Encode(assertText('subject', subject));
    const row = new Uint8Array(2 * HEAD_UNITS + bytes.length + (bytes.length % 2));
    const view = new DataView(row.buffer);
    for (const [i, number] of [entry, count, bytes.length].entries()) {
      view.setUint32(8 * i, number >>> 0, true);
      view.setUint32(8 * i + 4, Math.floor(number / 0x1_0000_0000) >>> 0, true);
    }
    row.set(bytes, 2 * HEAD_UNITS);
    const sums: [number, number, number, number] = [0, 0, 0, 0];
    let word = SUMS;
    for (let i = 0; i < row.length; i += 2) {
      const unit = view.getUint16(i, true);
      for (let sum = 0; sum < SUMS; sum++) {
        sums[sum] = (sums[sum]! + Math.imul(this.#key[word + sum * SUM_WORDS]!, unit)) | 0;
      }
      word = word === SUMS + SUM_WORDS - 1 ? SUMS + HEAD_UNITS : word + 1;
    }
    this.#mix(digests, at, sums);
  }

  /** Adds rows to the digests at these words of `digests`, one for each row. */
  addAll(digests: Uint32Array, rows: readonly Posting[], at: readonly number[]): void {
    assertArray('rows', rows, Infinity);
    if (rows.length >= ROWS_WORTH_A_RUN && this.#addByKernel(digests, rows, at)) return;
    for (const [i, row] of rows.entries()) this.add(digests, at[i]!, row);
  }

  /** Adds rows whose subjects are bytes to the digests at the words they name. */
  addRun(digests: Uint32Array, rows: RowRun): void {
    const { count, subjects, ends, entries, counts, at } = rows;
    const length = count === 0 ? 0 : ends[count - 1]!;
    const room = count < ROWS_WORTH_A_RUN ? undefined : this.#roomFor(digests.byteLength + length, count);
    if (room === undefined) {
      for (let i = 0, start = 0; i < count; start = ends[i++]!) {
        const subject = utf8Decode(subjects.subarray(start, ends[i]));
        this.add(digests, at[i]!, { subject, entry: entries[i]!, count: counts[i]! });
      }
      return;
    }
    const { engine } = room;
    const first = room.at + digests.byteLength;
    new Uint8Array(engine.memory.buffer, first, length).set(subjects.subarray(0, length));
    const sums = new Uint32Array(engine.memory.buffer, room.at, digests.length);
    sums.set(digests);
    for (let i = 0, start = 0; i < count; start = ends[i++]!) {
      engine.hashRow(first + start, ends[i]! - start, entries[i]!, counts[i]!, room.at + 4 * at[i]!);
    }
    digests.set(sums);
  }

  /**
   * Adds packed rows to the digests of their buckets, which stand one after the other in `digests`.
   * @returns false if no kernel can do that, or the bytes are not what they should be; `digests` is then as it was.
   */
  addPacked(digests: Uint32Array, { bytes, rows }: PackedPostings, size: number): boolean {
    const room = this.#roomFor(digests.byteLength + bytes.length, rows);
    if (room === undefined) return false;
    const { engine, at } = room;
    const sums = new Uint32Array(engine.memory.buffer, at, digests.length);
    sums.set(digests);
    const first = at + digests.byteLength;
    new Uint8Array(engine.memory.buffer).set(bytes, first);
    if (engine.hashRows(first, bytes.length, size, at) !== rows) return false;
    digests.set(sums);
    return true;
  }

  /** Adds the rows of acts, all of this entry, to the digest at word `at`; false, and nothing done, where the kernel cannot. */
  addScanned(digests: Uint32Array, at: number, entry: number, { acts, count, textAt }: ScannedActs): boolean {
    const engine = this.#keyed(isKernelMade());
    if (engine?.hashAct === undefined) return false;
    if (sums.length === 0) sums = new Uint32Array(engine.memory.buffer, engine.rowSums(), DIGEST_WORDS);
    sums.fill(0);
    for (let i = 0; i < count; i++) {
      const { eventIdAt, eventIdEnd, runs, runCount } = acts[i]!;
      for (let run = 0; run < runCount; run++) {
        const { family, serialAt, serialLength, stride, count: units } = runs[run]!;
        const unit = textAt + serialAt - family.length;
        // The event id has one row, whatever it names.
        const idLength = run === 0 ? eventIdEnd - eventIdAt : 0;
        const length = family.length + serialLength;
        if (engine.hashAct(textAt + eventIdAt, idLength, unit, length, stride, units, entry) === 0)
          return false;
      }
    }
    for (let word = 0; word < DIGEST_WORDS; word++) digests[at + word] = digests[at + word]! + sums[word]!;
    return true;
  }

  /** This thread's kernel with this key, if there is one; asked for where `isWorth` it. */
  #keyed(isWorth: boolean): RowKernel | undefined {
    const engine = isWorth ? (kernel() as Partial<RowKernel> | undefined) : undefined;
    if (engine === keyed.engine && keyed.hash === this) return keyed.engine;
    if (engine?.rowRoom === undefined) return undefined;
    const made = engine as RowKernel;
    const { buffer } = made.memory;
    new Uint32Array(buffer, made.rowKeys(), this.#key.length).set(this.#key);
    new Uint8Array(buffer, made.rowEvents(EVENT_PREFIX.length), EVENT_PREFIX.length).set(EVENT_PREFIX);
    sums = new Uint32Array(buffer, made.rowSums(), DIGEST_WORDS);
    keyed = { hash: this, engine: made };
    return made;
  }

  #addByKernel(digests: Uint32Array, rows: readonly Posting[], at: readonly number[]): boolean {
    let text = '';
    for (const { subject } of rows) text += subject;
    const room = this.#roomFor(digests.byteLength + text.length, rows.length);
    if (room === undefined) return false;
    const { engine } = room;
    let subjectAt = room.at + digests.byteLength;
    const subjects = new Uint8Array(engine.memory.buffer, subjectAt, text.length);
    // All of it went into as many bytes as characters: all is ASCII, and each subject has as many bytes as characters.
    if (encoder.encodeInto(text, subjects).read !== text.length) return false;
    const sums = new Uint32Array(engine.memory.buffer, room.at, digests.length);
    sums.set(digests);
    for (const [i, { subject, entry, count }] of rows.entries()) {
      engine.hashRow(subjectAt, subject.length, entry, count, room.at + 4 * at[i]!);
      subjectAt += subject.length;
    }
    digests.set(sums);
    return true;
  }

  /** Room in the memory of this thread's kernel, which then has this key; undefined where there is none. */
  #roomFor(bytes: number, rows: number): { readonly engine: RowKernel; readonly at: number } | undefined {
    const engine = this.#keyed(isKernelMade() || rows >= ROWS_WORTH_A_KERNEL);
    const at = engine?.rowRoom(bytes) ?? 0;
    return engine === undefined || at === 0 ? undefined : { engine, at };
  }

  #mix(digests: Uint32Array, at: number, sums: readonly [number, number, number, number]): void {
    const key = this.#key;
    let v0 = key[0]! ^ sums[0];
    let v1 = key[1]! ^ sums[1];
    let v2 = key[2]! ^ sums[2];
    let v3 = key[3]! ^ sums[3];
    for (let round = 0; round < ROUNDS; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (round % 2 === 1) {
        v0 ^= key[1]!;
        v2 ^= key[2]!;
      }
    }
    digests[at] = digests[at]! + 1;
    digests[at + 1] = digests[at + 1]! + (v0 ^ key[3]!);
    digests[at + 2] = digests[at + 2]! + (v1 ^ v2);
    digests[at + 3] = digests[at + 3]! + (v3 ^ key[0]!);
  }
}

/** Fewer rows than this are hashed here: what the kernel is told about the key costs as much. */
const ROWS_WORTH_A_RUN = 16;
/** So many rows at once are a sign of many more: a thread that verifies no signatures makes its kernel for them. */
const ROWS_WORTH_A_KERNEL = 1024;
const encoder = new TextEncoder();
/** What subjects of events begin with. */
const EVENT_PREFIX = utf8Encode(eventSubject(''));

/** Fills `out` with bytes that follow from the salt. */
function expand(salt: Uint8Array, out: Uint8Array): void {
  const block = new Uint8Array(salt.length + 4);
  block.set(salt);
  for (let at = 0, n = 0; at < out.length; at += 32, n++) {
    new DataView(block.buffer).setUint32(salt.length, n);
    out.set(sha256(block).subarray(0, out.length - at), at);
  }
}
