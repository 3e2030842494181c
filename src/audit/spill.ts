// Browser-safe.
/**
 * The spill: where packed acts wait, block by block, until their turn comes partition by partition.
 *
 * Reads  nothing.   Used by  host.ts, which says which is used, replay.ts, keeping.ts; node/ has one on disk.
 * @module
 */
import { assertBytes, assertInteger, assertObject } from '../bytes/index.ts';
import { invariant } from '../errors.ts';

/** Room for bytes. What is appended belongs to the spill; what is read belongs to the reader. */
export interface Spill {
  /** Appends bytes; returns where they begin. */
  append(bytes: Uint8Array): number;
  /** What was appended at these places, side by side in one new buffer. */
  read(pieces: Pieces): Promise<Uint8Array>;
  /** What was appended at one place, at once. Not to be changed. */
  readNow(start: number, length: number): Uint8Array;
  /** By this other threads read all that was appended until it was asked for, see {@link ReadSpilled}; undefined if they cannot: they hold a copy then. */
  readonly handle: number | undefined;
  /** Frees everything. Idempotent. */
  close(): Promise<void>;
}

/** Pieces of what was appended, none across two appends: where each begins in the spill, and where it ends among those asked for. */
export interface Pieces {
  readonly starts: Float64Array;
  readonly ends: Uint32Array;
}

/** Reads what was appended to the spill of this handle in another thread of this process. */
export type ReadSpilled = (handle: number, start: number, length: number) => Uint8Array;

/** Runs of bytes side by side in a buffer of their own, and where each ends. */
export interface Runs {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Checks what a host opened. */
export function assertSpill(title: string, value: Spill): Spill {
  const spill = assertObject(title, value, ['append', 'read', 'readNow', 'close']);
  if (spill.handle !== undefined) assertInteger(`${title}.handle`, spill.handle);
  return spill;
}

/** A spill in memory. */
export class MemorySpill implements Spill {
  readonly handle = undefined;
  readonly #blocks: Uint8Array[] = [];
  readonly #starts: number[] = [];
  #end = 0;

  append(bytes: Uint8Array): number {
    const start = this.#end;
    this.#blocks.push(assertBytes('bytes', bytes));
    this.#starts.push(start);
    this.#end += bytes.length;
    return start;
  }

  async read({ starts, ends }: Pieces): Promise<Uint8Array> {
    const all = new Uint8Array(ends.at(-1) ?? 0);
    for (let i = 0, at = 0; i < ends.length; at = ends[i++]!) {
      if (ends[i]! > at) all.set(this.readNow(starts[i]!, ends[i]! - at), at);
    }
    return all;
  }

  readNow(start: number, length: number): Uint8Array {
    let low = 0;
    for (let high = this.#starts.length; high - low > 1;) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= start) low = middle;
      else high = middle;
    }
    const block = this.#blocks[low];
    const from = start - this.#starts[low]!;
    invariant(block !== undefined && from + length <= block.length, 'a piece of what was never spilled');
    return block.subarray(from, from + length);
  }

  async close(): Promise<void> {
    this.#blocks.length = 0;
    this.#starts.length = 0;
  }
}

/** Blocks in a spill, each of as many runs: written block by block, read run by run. Memory: four bytes a run. */
export class SpilledBlocks {
  readonly #spill: Spill;
  readonly #starts: number[] = [];
  readonly #ends: Uint32Array[] = [];

  constructor(spill: Spill) {
    this.#spill = assertObject('spill', spill);
  }

  /** Appends a block, which belongs to the spill from then on. */
  add({ bytes, ends }: Runs): void {
    this.#starts.push(this.#spill.append(bytes));
    this.#ends.push(ends);
  }

  /** Where run `number` of each block begins in the spill. */
  startsOf(number: number): Float64Array {
    assertInteger('number', number);
    return Float64Array.from(this.#starts, (start, block) => start + (this.#ends[block]![number - 1] ?? 0));
  }

  /** Run `number` of each block, in the order they were added; they are the reader's. */
  async read(number: number): Promise<Runs> {
    assertInteger('number', number);
    const blocks = this.#ends.length;
    const starts = new Float64Array(blocks);
    const ends = new Uint32Array(blocks);
    let length = 0;
    for (let block = 0; block < blocks; block++) {
      const own = this.#ends[block]!;
      const from = own[number - 1] ?? 0;
      starts[block] = this.#starts[block]! + from;
      ends[block] = length += own[number]! - from;
    }
    invariant(length <= 0xffff_ffff, 'a partition of more than four gibibytes');
    return { bytes: await this.#spill.read({ starts, ends }), ends };
  }
}
