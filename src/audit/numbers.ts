// Browser-safe.
/**
 * Sets and maps of numbers without an object for any of them.
 *
 * Reads  nothing.   Used by  index-pass.ts.
 * @module
 */
import { assertInteger } from '../bytes/index.ts';

/** A set of small numbers. */
export class NumberSet {
  #flags = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return this.#flags[assertInteger('number', number)] === 1;
  }

  add(number: number): void {
    if (number >= this.#flags.length) {
      const grown = new Uint8Array(2 * (assertInteger('number', number) + 1));
      grown.set(this.#flags);
      this.#flags = grown;
    }
    if (this.#flags[number] === 1) return;
    this.#flags[number] = 1;
    this.#size++;
  }
}

/** The entry that first had each hash: a table of which at most half the places are taken. */
export class FirstEntries {
  #hashes = new Float64Array(1024);
  /** Entry + 1 at each place that is taken. */
  #entries = new Float64Array(1024);
  #size = 0;

  /** The entry that had this hash before, or undefined; then this one has it. */
  firstOf(hash: number, entry: number): number | undefined {
    assertInteger('hash', hash);
    assertInteger('entry', entry);
    const place = this.#placeOf(hash);
    if (this.#entries[place] !== 0) return this.#entries[place]! - 1;
    this.#put(place, hash, entry + 1);
    if (++this.#size > this.#hashes.length / 2) this.#grow();
    return undefined;
  }

  /** Where a hash is, or may be put. Hashes are random to whoever writes a log, so that is near. */
  #placeOf(hash: number): number {
    const mask = this.#hashes.length - 1;
    let place = (hash % 0x1_0000_0000) & mask;
    while (this.#entries[place] !== 0 && this.#hashes[place] !== hash) place = (place + 1) & mask;
    return place;
  }

  #put(place: number, hash: number, entry: number): void {
    this.#hashes[place] = hash;
    this.#entries[place] = entry;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const entries = this.#entries;
    this.#hashes = new Float64Array(2 * hashes.length);
    this.#entries = new Float64Array(2 * entries.length);
    for (let i = 0; i < hashes.length; i++) {
      if (entries[i] !== 0) this.#put(this.#placeOf(hashes[i]!), hashes[i]!, entries[i]!);
    }
  }
}
