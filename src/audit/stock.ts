// Browser-safe.
/**
 * Stock: for each declared count of a lot, how many of its units may have been there; added up unit by unit, partition by partition.
 *
 * Reads  judgement/ (QA-07).   Used by  subjects.ts.
 * Source `findings.md` QA-07, judged on completed timelines.
 * Cost   nothing for lots nobody counted; else one look at the timeline of each of the lot's units for each count.
 * @module
 */
import type { Act, Timeline, World } from '../custody/index.ts';
import { possibleStock, standingCounts, stockSurplus, type Finding } from '../judgement/index.ts';

/** What one count of one lot may have seen, so far. */
interface Possible {
  units: number;
  readonly acts: Act[];
}

/** Declared counts of a log, and what may have been there by one judge. */
export class StockCounts {
  readonly #declared = new Map<string, Act[]>();
  readonly #possible = new Map<World, Map<string, Map<Act, Possible>>>();
  readonly #standing = new Map<World, Map<string, readonly Act[]>>();

  /** Takes the counts an act declares. */
  collect(act: Act): void {
    for (const { lot } of act.more?.stock ?? []) {
      const acts = this.#declared.get(lot);
      if (acts === undefined) this.#declared.set(lot, [act]);
      else if (acts.at(-1) !== act) acts.push(act);
    }
  }

  /** True if anybody counted the lot. */
  has(lot: string | undefined): lot is string {
    return lot !== undefined && this.#declared.has(lot);
  }

  /** Adds a unit of the lot to every count that may have seen it. */
  add(world: World, lot: string, timeline: Timeline): void {
    const possible = this.#of(world, lot);
    for (const declared of this.#standingOf(world, lot)) {
      const { units, acts } = possibleStock(world, lot, declared, [timeline]);
      if (units === 0) continue;
      const sum = possible.get(declared) ?? { units: 0, acts: [] };
      possible.set(declared, sum);
      sum.units += units;
      sum.acts.push(...acts);
    }
  }

  /** Findings about every count, once all units have been added. */
  *judge(world: World): Iterable<readonly Finding[]> {
    for (const lot of this.#declared.keys()) {
      const possible = this.#of(world, lot);
      for (const declared of this.#standingOf(world, lot)) {
        yield stockSurplus(world, lot, declared, possible.get(declared) ?? { units: 0, acts: [] });
      }
    }
  }

  /** Counts of a lot that nobody took back; all acts have been collected by the time anybody asks. */
  #standingOf(world: World, lot: string): readonly Act[] {
    let lots = this.#standing.get(world);
    if (lots === undefined) this.#standing.set(world, (lots = new Map()));
    let standing = lots.get(lot);
    if (standing === undefined)
      lots.set(lot, (standing = standingCounts(world, this.#declared.get(lot) ?? [])));
    return standing;
  }

  #of(world: World, lot: string): Map<Act, Possible> {
    let lots = this.#possible.get(world);
    if (lots === undefined) this.#possible.set(world, (lots = new Map()));
    let possible = lots.get(lot);
    if (possible === undefined) lots.set(lot, (possible = new Map()));
    return possible;
  }
}
