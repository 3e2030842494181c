// Browser-safe.
/**
 * Runs: sorted sets of numbers in a memory, of which only the parts asked for are read. What an auditor finds entries again by.
 *
 * Reads  memory.ts, crypto/ (SHA-256).   Used by  keeping.ts, index-pass.ts, ledger/audit-on.ts.
 * Layout blocks of up to 256 numbers, each a varint of its distance from the one before it; then the directory: for each block its
 *        first number (float64), where it ends (uint32), and the first eight bytes of its SHA-256. The directory's own hash is in
 *        whatever names the run.
 * Keys   a number is a key and an entry, in 53 bits: the fewer bits the entries of a log need, the more its keys have. Entries of one
 *        key stand together. Keys are hashes, so some of what is found under a key is another's: whoever reads an entry sees what it
 *        names.
 * @module
 */
import {
  assertArray,
  assertBytes,
  assertInteger,
  assertObject,
  equalBytes,
  fromBase64,
  toBase64,
} from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import { StoreError } from '../errors.ts';
import type { AuditMemory } from './memory.ts';

/** No number of a run is as great. */
export const NUMBER_END = 2 ** 53;
const HASH_END = 2 ** 32;
/** Entries from here on cannot be found again, in whatever log: one that has them is audited whole. */
export const ENTRIES_MAX = 2 ** 29;
/** So that a key has no more than 32 bits. */
const ENTRIES_LEAST = NUMBER_END / HASH_END;
/** A log may become so many times as long before its entries' numbers need more bits. */
const GROWTH = 8;
const BLOCK_NUMBERS = 256;
const DIRECTORY_BYTES = 20;
const CHECK_BYTES = 8;

/** Where a run stands in a memory. */
export interface RunPlace {
  readonly at: number;
  readonly length: number;
  readonly blocks: number;
  readonly count: number;
  /** SHA-256 of the directory, base64. */
  readonly check: string;
}

/** A run that is not in any memory yet. Everything in it can be handed to another thread. */
export interface RunBytes {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/**
 * Entries that runs made of a log of this size can tell: all below, a power of two. The runs of a log that grew beyond it are made anew,
 * by a whole audit.
 */
export function entriesEndFor(size: number): number {
  let end = ENTRIES_LEAST;
  while (end < GROWTH * size && end < ENTRIES_MAX) end *= 2;
  return end;
}

/** The numbers of a hash of 32 bits: those from its key's first, entry 0, to below the next key's. */
export function rangeOf(hash: number, entriesEnd: number): NumberRange {
  const first = Math.floor(hash / (HASH_END / (NUMBER_END / entriesEnd))) * entriesEnd;
  return { first, end: first + entriesEnd };
}

/** The first number of a number's key; what the number is more is the entry. */
export function keyFirst(number: number, entriesEnd: number): number {
  return Math.floor(number / entriesEnd) * entriesEnd;
}

/** Numbers from `first` to below `end`. */
export interface NumberRange {
  readonly first: number;
  readonly end: number;
}

/** Numbers, each once, sorted and packed. `numbers` is sorted in place. */
export function packRun(numbers: Float64Array): RunBytes {
  numbers.sort();
  const body = new Writer();
  const directory: { first: number; end: number; from: number }[] = [];
  let count = 0;
  let last = -1;
  for (const number of numbers) {
    if (number === last) continue;
    if (count % BLOCK_NUMBERS === 0) directory.push({ first: number, end: 0, from: body.length });
    body.uint(number - (count % BLOCK_NUMBERS === 0 ? 0 : last));
    directory.at(-1)!.end = body.length;
    last = number;
    count++;
  }
  const length = body.length;
  const bytes = new Uint8Array(length + directory.length * DIRECTORY_BYTES);
  bytes.set(body.bytes());
  const view = new DataView(bytes.buffer);
  for (const [i, { first, end, from }] of directory.entries()) {
    const at = length + i * DIRECTORY_BYTES;
    view.setFloat64(at, first);
    view.setUint32(at + 8, end);
    bytes.set(sha256(bytes.subarray(from, end)).subarray(0, CHECK_BYTES), at + 12);
  }
  return { bytes, count };
}

/** Writes a packed run; where it stands then. */
export async function writeRun(memory: AuditMemory, { bytes, count }: RunBytes): Promise<RunPlace> {
  const blocks = Math.ceil(assertInteger('count', count) / BLOCK_NUMBERS);
  const { length } = assertBytes('bytes', bytes);
  const at = await assertObject('memory', memory).write(bytes);
  const check = toBase64(sha256(bytes.subarray(length - blocks * DIRECTORY_BYTES)));
  return { at, length, blocks, count, check };
}

/** Reads the runs of one memory. */
export class RunReader {
  readonly #memory: AuditMemory;
  readonly #directories = new Map<number, Directory>();

  constructor(memory: AuditMemory) {
    this.#memory = memory;
  }

  /**
   * The numbers of a run that lie in any of these ranges; each block is read once.
   * @throws {StoreError} `ERR_STORE_CORRUPT` if the memory does not hold what was written.
   */
  async numbers(place: RunPlace, ranges: readonly NumberRange[]): Promise<readonly number[]> {
    const found: number[] = [];
    if (place.count === 0 || ranges.length === 0) return found;
    const directory = await this.#directoryOf(place);
    let block = -1;
    let held: readonly number[] = [];
    assertArray('ranges', ranges, Infinity);
    const sorted = [...ranges].sort((a, b) => a.first - b.first);
    for (const { first, end } of sorted) {
      for (let i = directory.blockOf(first); i < place.blocks && directory.first(i) < end; i++) {
        if (i !== block) {
          held = await this.#block(place, directory, i);
          block = i;
        }
        for (const number of held) if (number >= first && number < end) found.push(number);
      }
    }
    return found;
  }

  /** All numbers of a run. */
  async all(place: RunPlace): Promise<readonly number[]> {
    return this.numbers(place, [{ first: 0, end: Infinity }]);
  }

  async #directoryOf({ at, length, blocks, check }: RunPlace): Promise<Directory> {
    let directory = this.#directories.get(at);
    if (directory === undefined) {
      const size = blocks * DIRECTORY_BYTES;
      const bytes = await this.#memory.read(at + length - size, size);
      if (bytes.length !== size || !equalBytes(sha256(bytes), fromBase64(check))) throw damaged();
      this.#directories.set(at, (directory = new Directory(bytes)));
    }
    return directory;
  }

  async #block({ at }: RunPlace, directory: Directory, i: number): Promise<readonly number[]> {
    const from = directory.from(i);
    const length = directory.end(i) - from;
    const bytes = await this.#memory.read(at + from, length);
    const isWhole =
      bytes.length === length && equalBytes(sha256(bytes).subarray(0, CHECK_BYTES), directory.check(i));
    if (!isWhole) throw damaged();
    return unpackBlock(bytes);
  }
}

/** The error for a memory that is not as it was written. */
export function damaged(): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', "couldn't go on: what the auditor kept is damaged");
}

/** The blocks of a run. */
class Directory {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  first(i: number): number {
    return this.#view.getFloat64(i * DIRECTORY_BYTES);
  }

  from(i: number): number {
    return i === 0 ? 0 : this.end(i - 1);
  }

  end(i: number): number {
    return this.#view.getUint32(i * DIRECTORY_BYTES + 8);
  }

  check(i: number): Uint8Array {
    const at = i * DIRECTORY_BYTES + 12;
    return this.#bytes.subarray(at, at + CHECK_BYTES);
  }

  /** The last block that begins at or below a number; the first if none does. */
  blockOf(number: number): number {
    let low = 0;
    let high = this.#bytes.length / DIRECTORY_BYTES;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.first(middle) <= number) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

function unpackBlock(bytes: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  let number = 0;
  for (let at = 0; at < bytes.length;) {
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    numbers.push((number += value));
  }
  return numbers;
}

/** Bytes that grow. */
class Writer {
  #bytes = new Uint8Array(4096);
  length = 0;

  uint(value: number): void {
    if (this.length + 8 > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.length++] = (rest % 128) + 128;
    this.#bytes[this.length++] = rest;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
