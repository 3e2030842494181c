// Browser-safe.
/**
 * A set of entries, one bit for each entry up to its greatest: small however many of a log's entries are in it.
 *
 * Reads  bytes/.   Used by  merge.ts, and whoever must leave out statements that do not count.
 * @module
 */
import { assertInteger } from '../bytes/index.ts';

/** Entry indexes; nothing is kept while it is empty. */
export class EntrySet {
  #bits: Uint8Array;

  /** @param bits - what {@link bits} of another set gave. */
  constructor(bits: Uint8Array = new Uint8Array(0)) {
    this.#bits = bits;
  }

  get isEmpty(): boolean {
    return this.#bits.length === 0;
  }

  /** The set as bytes, which are its own. */
  get bits(): Uint8Array {
    return this.#bits;
  }

  add(entry: number): void {
    const at = Math.floor(assertInteger('entry', entry) / 8);
    if (at >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(64, 2 * at));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    this.#bits[at] = this.#bits[at]! | (1 << (entry % 8));
  }

  /** All entries, ascending. */
  list(): number[] {
    const entries: number[] = [];
    for (const [at, byte] of this.#bits.entries()) {
      for (let bit = 0; byte >>> bit !== 0; bit++) if ((byte >>> bit) % 2 === 1) entries.push(8 * at + bit);
    }
    return entries;
  }

  has(entry: number): boolean {
    return ((this.#bits[Math.floor(entry / 8)] ?? 0) & (1 << (entry % 8))) !== 0;
  }
}
