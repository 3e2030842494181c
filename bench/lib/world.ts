/**
 * A small honest supply chain in memory: batches of units in cartons, with who makes, moves and uses them.
 *
 * Reads  cast.ts, the package by its name.   Used by  journeys.ts, ../judge.ts.
 * @module
 */
import { sgtin } from '../../dist/gs1/index.js';
import { Cast, cartonId, gtinOf, LOT_UNITS, serialOf, type Party } from './cast.ts';

export { DAY_MS, EXPIRY, gtinOf, HOUR_MS, START_MS, type Party } from './cast.ts';

/** Units commissioned by one statement, and put into one carton. */
const BATCH_UNITS = 100;
const CARTON_UNITS = 20;

/** Units that travel together. */
export interface Carton {
  readonly id: string;
  readonly units: readonly string[];
  readonly maker: Party;
  readonly distributor: Party;
  readonly clinic: Party;
}

/** Units made by one statement. */
export interface Batch {
  readonly maker: Party;
  readonly lot: string;
  readonly cartons: readonly Carton[];
}

/** Everybody, and everything they make. */
export class World extends Cast {
  readonly batches: readonly Batch[];

  /** @param unitsCount - units made; rounded up to whole batches. */
  constructor(unitsCount: number) {
    super({ makers: 2, distributors: 2, clinics: 4 });
    this.batches = Array.from({ length: Math.ceil(unitsCount / BATCH_UNITS) }, (_, i) => this.#batch(i));
  }

  /** Parties, keys, products, lots and licences, in the order they must be appended. */
  registry(): Uint8Array[] {
    return this.enrolment((n) => {
      const own = this.batches.filter(({ maker }) => maker === this.makers[n]);
      return new Set(own.map(({ lot }) => lot));
    });
  }

  #batch(number: number): Batch {
    const side = number % this.makers.length;
    const lot = `LOT${1000 + Math.floor(number / ((LOT_UNITS / BATCH_UNITS) * this.makers.length))}`;
    const cartonsCount = BATCH_UNITS / CARTON_UNITS;
    const cartons = Array.from({ length: cartonsCount }, (_, i) =>
      this.#carton(number * cartonsCount + i, side),
    );
    return { maker: this.makers[side]!, lot, cartons };
  }

  #carton(number: number, side: number): Carton {
    const units = Array.from({ length: CARTON_UNITS }, (_, i) =>
      sgtin(gtinOf(side), serialOf(number * CARTON_UNITS + i)),
    );
    return {
      id: cartonId(side, number),
      units,
      maker: this.makers[side]!,
      distributor: this.distributors[number % this.distributors.length]!,
      clinic: this.clinics[number % this.clinics.length]!,
    };
  }
}
