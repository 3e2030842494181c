// Browser-safe.
/**
 * Words that the acts of a range name again and again (parties, places, keys, lots): written once a range, and told to each hand once.
 *
 * Reads  packing.ts.   Used by  packed-acts.ts, packed-ids.ts, streams.ts (write), replay.ts (gathers), shared.ts (reads).
 * Why    where a log has hundreds of partitions, the acts of one range in one of them are a dozen, and half of what they took was words.
 * Memory what a range keeps here is bounded, whoever wrote it; all hands hold the texts of all ranges, each once.
 * @module
 */
import { assertArray, assertObject, assertText, cutFree } from '../bytes/index.ts';
import { Packer, Unpacker } from './packing.ts';

/** Most words a range keeps, and characters of one; others stand where they are said. */
const WORDS_MAX = 512;
const CHARS_MAX = 96;

/** Numbers the words of one range. */
export class RangeWords {
  readonly #numbers = new Map<string, number>();

  /** The number of a word; undefined for one that is not kept. */
  numberOf(word: string): number | undefined {
    const known = this.#numbers.get(assertText('word', word));
    const { size } = this.#numbers;
    if (known !== undefined || size === WORDS_MAX || word.length > CHARS_MAX) return known;
    this.#numbers.set(word, size);
    return size;
  }

  /** All words, packed; there are none then. */
  finish(): Uint8Array {
    const packer = new Packer();
    for (const word of this.#numbers.keys()) packer.text(word);
    this.#numbers.clear();
    return packer.finish();
  }
}

/** Writes words into a packer, each once, and numbers from then on. */
export class WordWriter {
  readonly #packer: Packer;
  /** Words of the range; the others are numbered here. */
  readonly #common: RangeWords | undefined;
  readonly #numbers = new Map<string, number>();

  constructor(packer: Packer, common: RangeWords | undefined) {
    this.#packer = packer;
    this.#common = common;
  }

  /** Begins anew, in a packer that is empty again. */
  renew(): void {
    this.#numbers.clear();
  }

  /** A number, and the first time the word itself. */
  write(word: string): void {
    const number = this.#common?.numberOf(word);
    if (number !== undefined) {
      this.#packer.uint(2 * number);
      return;
    }
    const known = this.#numbers.get(word);
    this.#packer.uint(2 * (known ?? this.#numbers.size) + 1);
    if (known !== undefined) return;
    this.#numbers.set(word, this.#numbers.size);
    this.#packer.text(word);
  }
}

/** Reads what a {@link WordWriter} wrote. */
export class WordReader {
  readonly #packed: Unpacker;
  readonly #common: readonly string[];
  readonly #words: string[] = [];

  constructor(packed: Unpacker, common: readonly string[]) {
    this.#packed = packed;
    this.#common = common;
  }

  read(): string {
    const said = this.#packed.uint();
    const number = said >>> 1;
    if (said % 2 === 0) return this.#common[number]!;
    if (number === this.#words.length) this.#words.push(this.#packed.text());
    return this.#words[number]!;
  }
}

/** The words of all ranges. It can be handed to another thread. */
export interface ToldWords {
  /** Packed, each once. */
  readonly texts: Uint8Array;
  /** Range by range, which of them are its words. */
  readonly numbers: readonly Uint32Array[];
}

/** Gathers the words of ranges. */
export class WordBook {
  readonly #numbers = new Map<string, number>();
  readonly #ranges: Uint32Array[] = [];

  /** Adds what {@link RangeWords.finish} gave of the next range. */
  add(packed: Uint8Array): void {
    this.#ranges.push(Uint32Array.from(readWords(packed), (word) => this.#numberOf(word)));
  }

  told(): ToldWords {
    const packer = new Packer();
    for (const word of this.#numbers.keys()) packer.text(word);
    return { texts: packer.finish(), numbers: this.#ranges };
  }

  #numberOf(word: string): number {
    const { size } = this.#numbers;
    const known = this.#numbers.get(word);
    if (known === undefined) this.#numbers.set(cutFree(word), size);
    return known ?? size;
  }
}

/** The words of one range, as {@link RangeWords.finish} gave them. */
export function readWords(packed: Uint8Array): string[] {
  const words: string[] = [];
  for (const unpacker = new Unpacker(packed); !unpacker.isDone;) words.push(unpacker.text());
  return words;
}

/** The words of each range. */
export function wordsOf(told: ToldWords): readonly (readonly string[])[] {
  const { texts, numbers } = assertObject('told', told);
  const words = readWords(texts);
  const ranges = assertArray('told.numbers', numbers, Infinity) as typeof numbers;
  return ranges.map((some) => Array.from(some, (number) => words[number]!));
}
