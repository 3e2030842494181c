/**
 * Who traded what: counts for the report, kept while the world runs.
 *
 * Reads  nothing.   Used by  every actor, report.ts.
 * @module
 */

/** What passed through one market. */
export interface MarketTally {
  unitsImported: number;
  unitsDelivered: number;
  unitsUsed: number;
  unitsDispensed: number;
  unitsReturned: number;
  consumerChecks: number;
}

/** What one manufacturer made. */
export interface MakerTally {
  lots: number;
  units: number;
  pallets: number;
}

/** Counts by market and by manufacturer. */
export class Tally {
  readonly markets = new Map<string, MarketTally>();
  readonly makers = new Map<string, MakerTally>();

  market(code: string): MarketTally {
    let tally = this.markets.get(code);
    if (tally === undefined) {
      tally = {
        unitsImported: 0,
        unitsDelivered: 0,
        unitsUsed: 0,
        unitsDispensed: 0,
        unitsReturned: 0,
        consumerChecks: 0,
      };
      this.markets.set(code, tally);
    }
    return tally;
  }

  maker(name: string): MakerTally {
    let tally = this.makers.get(name);
    if (tally === undefined) {
      tally = { lots: 0, units: 0, pallets: 0 };
      this.makers.set(name, tally);
    }
    return tally;
  }
}
