// Browser-safe.
/**
 * Hashes of tree nodes by stored index, in typed arrays: a check looks at dozens, and makes nothing that must be collected.
 *
 * Reads  nothing.   Used by  prover.ts.
 * Never  asks whether a hash is right: what is added was bound by a signed root.
 * @module
 */

const HASH_BYTES = 32;
/** Stored indexes of one level lie powers of two apart: multiplied (Fibonacci hashing), their upper bits spread over the places. */
const PLACES = 0x9e37_79b1;

/** Nodes remembered: 40 bytes each, set aside once. */
const NODES_BITS = 16;
const NODES_MAX = 1 << NODES_BITS;

/** A memory of bounded size; each node has one place, which it takes from nodes of its own level or below. */
export class NodeMemory {
  readonly #stored = new Float64Array(NODES_MAX).fill(-1);
  readonly #levels = new Uint8Array(NODES_MAX);
  readonly #hashes = new Uint8Array(NODES_MAX * HASH_BYTES);

  has(stored: number): boolean {
    return this.#stored[placeOf(stored, NODES_BITS)] === stored;
  }

  /** A copy of the hash. */
  get(stored: number): Uint8Array | undefined {
    const at = placeOf(stored, NODES_BITS) * HASH_BYTES;
    return this.has(stored) ? this.#hashes.slice(at, at + HASH_BYTES) : undefined;
  }

  add(level: number, stored: number, hash: Uint8Array): void {
    const place = placeOf(stored, NODES_BITS);
    if (this.#stored[place] !== -1 && this.#levels[place]! > level) return;
    this.#stored[place] = stored;
    this.#levels[place] = level;
    this.#hashes.set(hash, place * HASH_BYTES);
  }
}

const TABLE_BITS = 10;

/** A table that loses nothing: at most half of its places are taken. */
export class NodeTable {
  #bits = TABLE_BITS;
  #stored = new Float64Array(1 << TABLE_BITS).fill(-1);
  #hashes = new Uint8Array(HASH_BYTES << TABLE_BITS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(stored: number): boolean {
    return this.#stored[this.#placeOf(stored)] === stored;
  }

  /** A copy of the hash. */
  get(stored: number): Uint8Array | undefined {
    const place = this.#placeOf(stored);
    if (this.#stored[place] !== stored) return undefined;
    return this.#hashes.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES);
  }

  /** True if the node is there, with that hash. */
  holds(stored: number, hash: Uint8Array): boolean {
    const place = this.#placeOf(stored);
    if (this.#stored[place] !== stored) return false;
    for (let i = 0, at = place * HASH_BYTES; i < HASH_BYTES; i++) {
      if (this.#hashes[at + i] !== hash[i]) return false;
    }
    return true;
  }

  /** Adds a node, or another hash for one. @param hash - 32 bytes, copied. */
  add(stored: number, hash: Uint8Array): void {
    let place = this.#placeOf(stored);
    if (this.#stored[place] !== stored) {
      if (2 * ++this.#size > this.#stored.length) {
        this.#grow();
        place = this.#placeOf(stored);
      }
      this.#stored[place] = stored;
    }
    this.#hashes.set(hash, place * HASH_BYTES);
  }

  /** Forgets all, and what room many took. */
  clear(): void {
    if (this.#bits > TABLE_BITS) this.#setAside(TABLE_BITS);
    else this.#stored.fill(-1);
    this.#size = 0;
  }

  /** Where a node is, or would be. */
  #placeOf(stored: number): number {
    const mask = this.#stored.length - 1;
    let place = placeOf(stored, this.#bits);
    while (this.#stored[place] !== stored && this.#stored[place] !== -1) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [stored, hashes] = [this.#stored, this.#hashes];
    this.#setAside(this.#bits + 1);
    for (const [from, node] of stored.entries()) {
      if (node === -1) continue;
      const place = this.#placeOf(node);
      this.#stored[place] = node;
      this.#hashes.set(hashes.subarray(from * HASH_BYTES, (from + 1) * HASH_BYTES), place * HASH_BYTES);
    }
  }

  #setAside(bits: number): void {
    this.#bits = bits;
    this.#stored = new Float64Array(1 << bits).fill(-1);
    this.#hashes = new Uint8Array(HASH_BYTES << bits);
  }
}

function placeOf(stored: number, bits: number): number {
  return Math.imul(stored, PLACES) >>> (32 - bits);
}
