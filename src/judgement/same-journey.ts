// Browser-safe.
/**
 * Units that always travelled together: what was found of one of them, nothing, holds for all.
 *
 * Reads  custody/ (acts).   Used by  judge.ts.
 * Source the budget of judging, 1.5 µs for each unit an event names: the events of a hundred units in one case say one thing a hundred times.
 * Rule   only where every event names several units and says nothing of any single one (no scan, no declaration, no alias), and
 *        the units are of one product, do equal events mean equal judgement. A journey with findings is judged unit by unit.
 * Note   journeys are held by their first event, weakly: who lets go of the events lets go of them.
 * @module
 */
import type { Act } from '../custody/index.ts';

/** The journeys that begin with the same events. */
interface Way {
  readonly next: Map<Act, Way>;
  /** What stands before the serial number of the units judged so. */
  readonly clean: Set<string>;
}

/** Journeys of registered units of which nothing was found. */
export class CleanJourneys {
  readonly #ways = new WeakMap<Act, Way>();

  /** True if a unit of the same product with exactly these events was judged before, and nothing was found. */
  has(unit: string, acts: readonly Act[]): boolean {
    const [first] = acts;
    // The last event most often names one unit alone: such a journey is nobody else's.
    if (first === undefined || acts.at(-1)!.ids.length < 2) return false;
    let way = this.#ways.get(first);
    for (let i = 1; i < acts.length && way !== undefined; i++) way = way.next.get(acts[i]!);
    return way !== undefined && way.clean.has(kindOf(unit));
  }

  /** Remembers a registered unit of which nothing was found. */
  add(unit: string, acts: readonly Act[]): void {
    if (acts.length === 0 || !acts.every(isAboutMany)) return;
    let way = this.#ways.get(acts[0]!) ?? newWay();
    this.#ways.set(acts[0]!, way);
    for (let i = 1; i < acts.length; i++) {
      const further: Way = way.next.get(acts[i]!) ?? newWay();
      way.next.set(acts[i]!, further);
      way = further;
    }
    way.clean.add(kindOf(unit));
  }
}

function newWay(): Way {
  return { next: new Map(), clean: new Set() };
}

function isAboutMany({ ids, scan, more }: Act): boolean {
  return ids.length > 1 && scan === undefined && more === undefined;
}

/** The part of a unit id that units of one product share; of trace codes, nothing is shared. */
function kindOf(unit: string): string {
  const at = unit.indexOf('/21/');
  return at < 0 ? unit : unit.slice(0, at);
}
