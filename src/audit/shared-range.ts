// Browser-safe.
/**
 * The shared acts of one range: written one by one, each to be read without the others.
 *
 * Reads  packed-acts.ts, custody/ (acts).   Used by  streams.ts (writes), shared.ts (reads).
 * Why    of a log with many containers only those at hand are read, and each of their acts is one object for all that it names.
 * @module
 */
import { assertInteger } from '../bytes/index.ts';
import type { Act } from '../custody/index.ts';
import type { IdBytes, JoinedIds } from './joined-ids.ts';
import { ActReader, ActWriter } from './packed-acts.ts';
import { ByteList, Packer, Unpacker } from './packing.ts';
import type { RangeWords } from './words.ts';

/** Writes the shared acts of a range side by side. */
export class SharedWriter {
  readonly #packer = new Packer();
  readonly #acts: ActWriter;
  readonly #bytes = new ByteList();
  #ends: number[] = [];

  constructor(words: RangeWords) {
    this.#acts = new ActWriter(this.#packer, words);
  }

  get size(): number {
    return this.#bytes.size;
  }

  /** Writes an act; its number. */
  write(act: Act, joined: JoinedIds | undefined): number {
    this.#acts.write(act, joined);
    const { size } = this.#packer;
    const packed = new Uint8Array(size);
    this.#packer.finishAt(packed, 0);
    this.#acts.renew();
    this.#bytes.add(packed, 0, size);
    return this.#ends.push(this.#bytes.length) - 1;
  }

  /** Where each act ends; the next range begins. */
  takeEnds(): Uint32Array {
    const ends = Uint32Array.from(this.#ends);
    this.#ends = [];
    return ends;
  }

  finishAt(out: Uint8Array, at: number): void {
    this.#bytes.finishAt(out, at);
  }
}

/** Reads them, each when it is asked for. */
export class SharedRange {
  readonly words: readonly string[];
  readonly idBytes: IdBytes;
  readonly #bytes: IdBytes;
  readonly #ends: Uint32Array;
  readonly #kept = new Map<number, Act>();
  #read = new Map<number, Act>();

  /**
   * @param ends - where each act ends.
   * @param bytes - reads them.
   * @param words - of the range, as `idBytes` are.
   */
  constructor(ends: Uint32Array, bytes: IdBytes, words: readonly string[], idBytes: IdBytes) {
    this.#ends = ends;
    this.#bytes = bytes;
    this.words = words;
    this.idBytes = idBytes;
  }

  get count(): number {
    return this.#ends.length;
  }

  /** The act of this number; the same object until it is let go. */
  act(number: number): Act {
    assertInteger('number', number, 0, this.count - 1);
    let act = this.#kept.get(number) ?? this.#read.get(number);
    if (act === undefined) {
      const start = this.#startOf(number);
      act = this.#unpacked(this.#bytes(start, this.#ends[number]! - start));
      this.#read.set(number, act);
    }
    return act;
  }

  /** All acts with their numbers, none of which is held for that. */
  *entries(): Iterable<readonly [number, Act]> {
    const { count } = this;
    const all = count === 0 ? new Uint8Array(0) : this.#bytes(0, this.#ends[count - 1]!);
    for (let number = 0; number < count; number++) {
      yield [number, this.#unpacked(all.subarray(this.#startOf(number), this.#ends[number]))];
    }
  }

  /** From now on this is the act of this number. */
  keep(number: number, act: Act): void {
    this.#kept.set(number, act);
  }

  /** Lets go of the acts that were read, but not of those that are kept, or `still` at hand. */
  letGo(still: ReadonlySet<Act>): void {
    if (this.#read.size > 0) this.#read = new Map([...this.#read].filter(([, act]) => still.has(act)));
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends[number - 1]!;
  }

  #unpacked(bytes: Uint8Array): Act {
    return new ActReader(new Unpacker(bytes), undefined, this.words, this.idBytes).read();
  }
}
