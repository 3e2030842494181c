// Browser-safe.
/**
 * Stock: for each declared count of a lot, how many of its units may have been there; added up unit by unit, partition by partition.
 *
 * Reads  judgement/ (QA-07).   Used by  judging.ts.
 * Source `findings.md` QA-07, judged on completed timelines.
 * Cost   nothing for lots nobody counted; else one look at the timeline of each of the lot's units for each count.
 * @module
 */
import type { Act, EventRef, Timeline, World } from '../custody/index.ts';
import {
  possibleStock,
  PROOF_MAX,
  provingActs,
  standingCounts,
  stockSurplus,
  type Finding,
} from '../judgement/index.ts';
import { push } from './shared.ts';

/** What one count of one lot may have seen, so far. */
interface Possible {
  units: number;
  acts: Act[];
}

/** Possible units of one count, by one of the judges, as one thread tells it another. */
export interface PossibleUnits {
  /** Which of the worlds they are judged in. */
  readonly world: number;
  readonly lot: string;
  /** The count. */
  readonly declared: EventRef;
  readonly units: number;
  /** What a finding can name of their last events. */
  readonly acts: readonly Act[];
}

/** Declared counts of a log, and what may have been there by one judge. */
export class StockCounts {
  readonly #declared = new Map<string, Act[]>();
  readonly #possible = new Map<World, Map<string, Map<Act, Possible>>>();
  readonly #standing = new Map<World, Map<string, readonly Act[]>>();

  /** @param counted - all acts of the log that declare stock. */
  constructor(counted: readonly Act[]) {
    for (const act of counted) {
      for (const { lot } of act.more?.stock ?? []) push(this.#declared, lot, act);
    }
  }

  /** True if nobody counted anything. */
  get isEmpty(): boolean {
    return this.#declared.size === 0;
  }

  /** What was added up in these worlds. */
  told(worlds: readonly World[]): readonly PossibleUnits[] {
    return worlds.flatMap((of, world) =>
      [...(this.#possible.get(of) ?? [])].flatMap(([lot, counts]) =>
        [...counts].map(([{ ref }, { units, acts }]) => ({
          world,
          lot,
          declared: ref,
          units,
          acts: provingActs(acts),
        })),
      ),
    );
  }

  /** Adds what another thread added up. */
  addTold(worlds: readonly World[], told: readonly PossibleUnits[]): void {
    for (const { world, lot, declared, units, acts } of told) {
      const { entry, event } = declared;
      const count = this.#declared.get(lot)?.find(({ ref }) => ref.entry === entry && ref.event === event);
      if (count !== undefined) this.#addTo(this.#of(worlds[world]!, lot), count, units, acts);
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
      if (units > 0) this.#addTo(possible, declared, units, acts);
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

  #addTo(possible: Map<Act, Possible>, declared: Act, units: number, acts: readonly Act[]): void {
    const sum = possible.get(declared) ?? { units: 0, acts: [] };
    possible.set(declared, sum);
    sum.units += units;
    for (const act of acts) sum.acts.push(act);
    if (sum.acts.length > 4 * PROOF_MAX) sum.acts = provingActs(sum.acts);
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
