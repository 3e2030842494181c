// Browser-safe.
/**
 * Whether stretches of bytes are distinct, without a text of any of them.
 *
 * Reads  nothing.   Used by  event-scanner.ts.
 * @module
 */
import { assertBytes, assertInteger } from '../bytes/index.ts';

/** Stretches of one array, to see whether any two hold the same. */
export class SpanSet {
  #bytes: Uint8Array = new Uint8Array(0);
  #starts = new Int32Array(32);
  #ends = new Int32Array(32);
  #mask = 31;
  #patience = 0;

  /** Empties it. @param count - how many stretches will be added at most. */
  begin(bytes: Uint8Array, count: number): void {
    this.#bytes = assertBytes('bytes', bytes);
    let places = 32;
    while (places < 2 * assertInteger('count', count)) places *= 2;
    if (places > this.#ends.length) {
      this.#starts = new Int32Array(places);
      this.#ends = new Int32Array(places);
    } else this.#ends.fill(0, 0, places);
    this.#mask = places - 1;
    this.#patience = 8 * count;
  }

  /** Adds a stretch that differs from others at its end; false if it is there, or too much had to be compared to know. */
  addEnding(start: number, end: number): boolean {
    return this.#add(hashOfEnd(this.#bytes, start, end), start, end);
  }

  /** Adds a stretch that differs from others anywhere; false as {@link addEnding}. */
  addSpread(start: number, end: number): boolean {
    const step = Math.max(1, (end - start) >>> 3);
    let hash = end - start;
    for (let i = start; i < end; i += step) hash = Math.imul(hash, 0x01000193) + this.#bytes[i]!;
    return this.#add(hash ^ (hash >>> 15), start, end);
  }

  #add(hash: number, start: number, end: number): boolean {
    const bytes = this.#bytes;
    let place = hash & this.#mask;
    for (; this.#ends[place] !== 0; place = (place + 1) & this.#mask) {
      if (--this.#patience < 0) return false;
      if (areEqual(bytes, this.#starts[place]!, this.#ends[place]!, start, end)) return false;
    }
    this.#starts[place] = start;
    this.#ends[place] = end;
    return true;
  }
}

/** Of the length and the last eight bytes. */
function hashOfEnd(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = Math.max(start, end - 8); i < end; i++) hash = Math.imul(hash, 0x01000193) + bytes[i]!;
  return hash ^ (hash >>> 15);
}

function areEqual(
  bytes: Uint8Array,
  start: number,
  end: number,
  otherStart: number,
  otherEnd: number,
): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  // From the end: what begins alike mostly ends differently.
  for (let i = end, j = otherEnd; i > start;) if (bytes[--i] !== bytes[--j]) return false;
  return true;
}
