// Browser-safe.
/**
 * Lots of the units that were ever in a container, told partition by partition: containers ask for them when all partitions were read.
 *
 * Reads  packing.ts, routing.ts.   Used by  index-pass.ts (tells), hand.ts (asks).
 * Memory twelve bytes a unit that has been in a container, in every thread.
 * Rule   a unit is known by a hash of its id. The hashes of one partition differ, and only units that were in a container are asked for:
 *        so the answer is that of the unit itself.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { Packer, Unpacker } from './packing.ts';
import { partitionOfUnit, textHash53 } from './routing.ts';
import type { Parting } from './streams.ts';

/** What one partition says. It can be handed to another thread. */
export interface ToldLots {
  readonly seed: number;
  /** Hashes of the units that have a lot, ascending, and the number of the lot of each. */
  readonly hashes: Float64Array;
  readonly lots: Uint32Array;
  /** Packed: the lots. */
  readonly words: Uint8Array;
}

/**
 * Tells the lots of units.
 * @param units - all of the partition that were ever in a container, each once.
 * @param lotOf - of the unit of this index; undefined for one that has none.
 * @param first - a seed nobody could know, so that nobody could choose units of one hash; where there are such, another is taken.
 */
export function tellLots(
  units: readonly string[],
  lotOf: (i: number) => string | undefined,
  first: number,
): ToldLots {
  let seed = first;
  let order = hashesOf(units, seed);
  while (order === undefined) order = hashesOf(units, ++seed);
  const numbers = new Map<string, number>();
  const words = new Packer();
  const hashes: number[] = [];
  const lots: number[] = [];
  for (const { hash, i } of order) {
    const lot = lotOf(i);
    if (lot === undefined) continue;
    let number = numbers.get(lot);
    if (number === undefined) {
      numbers.set(lot, (number = numbers.size));
      words.text(lot);
    }
    hashes.push(hash);
    lots.push(number);
  }
  return { seed, hashes: Float64Array.from(hashes), lots: Uint32Array.from(lots), words: words.finish() };
}

/** Units by their hashes, ascending; undefined if two have the same. */
function hashesOf(units: readonly string[], seed: number): { hash: number; i: number }[] | undefined {
  const order = units.map((unit, i) => ({ hash: textHash53(unit, seed), i }));
  order.sort((a, b) => a.hash - b.hash);
  return order.some(({ hash }, i) => i > 0 && order[i - 1]!.hash === hash) ? undefined : order;
}

/** Lots by units. */
export class ChildLots {
  readonly #told: readonly ToldLots[];
  readonly #words: readonly (readonly string[])[];
  readonly #parting: Parting;

  /** @param told - by partition. */
  constructor(told: readonly ToldLots[], parting: Parting) {
    this.#told = told;
    this.#words = told.map(({ words }) => wordsIn(words));
    this.#parting = parting;
  }

  /** The lot of a unit that was ever in a container. */
  of(unit: string): string | undefined {
    const { partitions, seed } = this.#parting;
    const partition = partitionOfUnit(assertText('unit', unit), partitions, seed);
    const told = this.#told[partition]!;
    const { hashes } = told;
    const hash = textHash53(unit, told.seed);
    let low = 0;
    for (let high = hashes.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (hashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return hashes[low] === hash ? this.#words[partition]![told.lots[low]!] : undefined;
  }
}

function wordsIn(bytes: Uint8Array): readonly string[] {
  const packed = new Unpacker(bytes);
  const words: string[] = [];
  while (!packed.isDone) words.push(packed.text());
  return words;
}
