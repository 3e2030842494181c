// Browser-safe.
/**
 * The acts of the units of partitions, held unit by unit.
 *
 * Reads  streams.ts, unit-table.ts.   Used by  judging.ts, subjects.ts.
 * @module
 */
import type { Act } from '../custody/index.ts';
import type { EntrySet } from './entry-set.ts';
import { NumberSet } from './numbers.ts';
import type { ReadableAct } from './packed-acts.ts';
import type { StreamVisitor } from './streams.ts';
import { UnitTable } from './unit-table.ts';

/**
 * Collects acts, but not those of entries that do not count: of all units, or of some, and then such as may be kept when the runs are
 * no longer at hand.
 */
export class HeldActs implements StreamVisitor {
  readonly table = new UnitTable();
  readonly #rejected: EntrySet;
  readonly #wanted: ReadonlySet<string> | undefined;
  readonly #numbers: NumberSet | undefined;
  /** By number of the unit. */
  readonly #acts: (Act[] | undefined)[] = [];
  readonly #presented = new NumberSet();

  /**
   * @param wanted - only these units, and acts that may be kept.
   * @param numbers - only the units of these numbers; the others are numbered all the same.
   */
  constructor(rejected: EntrySet, wanted?: ReadonlySet<string>, numbers?: Iterable<number>) {
    this.#rejected = rejected;
    this.#wanted = wanted;
    if (numbers === undefined) return;
    this.#numbers = new NumberSet();
    for (const number of numbers) this.#numbers.add(number);
  }

  onUnits(said: ReadableAct, numbers: Int32Array): void {
    if (!this.#rejected.isEmpty && this.#rejected.has(said.entry)) return;
    const wanted = this.#wanted;
    for (const number of numbers) {
      if (this.#numbers?.has(number) === false) continue;
      if (wanted === undefined) this.#add(number, said.act());
      else if (wanted.has(this.table.ids[number]!)) this.#add(number, said.loose());
    }
  }

  /** The id of a unit by its number. */
  idOf(number: number): string {
    return this.table.ids[number]!;
  }

  /** Numbers of the units that have any, ascending. The same runs give the same numbers. */
  numbers(): number[] {
    return [...this.#acts.keys()].filter((number) => this.#acts[number] !== undefined);
  }

  /** True if an act of the unit presents a label. */
  presents(number: number): boolean {
    return this.#presented.has(number);
  }

  /** What each unit has, in the order they were numbered. */
  byUnit(): Map<string, Act[]> {
    const units = new Map<string, Act[]>();
    const { ids } = this.table;
    for (const [number, acts] of this.#acts.entries()) if (acts !== undefined) units.set(ids[number]!, acts);
    return units;
  }

  /** Adds an act to a unit, once however often it names the unit. */
  #add(number: number, act: Act): void {
    if (act.scan?.presented !== undefined) this.#presented.add(number);
    while (number >= this.#acts.length) this.#acts.push(undefined);
    const acts = this.#acts[number];
    if (acts === undefined) this.#acts[number] = [act];
    else if (acts.at(-1) !== act) acts.push(act);
  }
}
