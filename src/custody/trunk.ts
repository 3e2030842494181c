// Browser-safe.
/**
 * The trunk: what the units folded last had in common with the next one, folded once.
 *
 * Reads  folding.ts.   Used by  units.ts, order.ts, world.ts (owns one).
 * Why    units are packed, shipped and measured together, and judged one after the other: a third of all they go through is the same
 *        events in the same order.
 * Rule   a fold is taken up only where nothing that follows may change places with what is in it; without a trunk every timeline is
 *        the same.
 * @module
 */
import type { Act } from './act.ts';
import type { Fold, Stage } from './folding.ts';

/** All that a unit's fold depends on, but its events and the world. */
export interface Root {
  /** Size of the registry. */
  readonly size: number;
  readonly product: string | undefined;
  /** The commissioning that registers the unit. */
  readonly commission: Act | undefined;
}

/** What the unit folded last had come to after each of its first events, as long as they name other units too. */
export class Trunk {
  #root: Root | undefined;
  readonly #acts: Act[] = [];
  readonly #stages: Stage[] = [];

  /**
   * The longest beginning these events share with those of the unit before; from here on the trunk is this unit's.
   * @param acts - in timeline order, the commissioning first.
   * @param toleranceMs - how far two events may change places.
   */
  take(root: Root, acts: readonly Act[], toleranceMs: number): Stage | undefined {
    let count = isRoot(root, this.#root) ? this.#shared(acts) : 0;
    while (count > 0 && mayChange(acts, count, toleranceMs)) count--;
    this.#root = root;
    this.#acts.length = count;
    this.#stages.length = count;
    return count === 0 ? undefined : this.#stages[count - 1]!;
  }

  /** Keeps what the first events have come to up to this one, none of which changed places; no further than to the unit's first own event. */
  grow(act: Act, number: number, fold: Fold): void {
    if (number !== this.#acts.length || act.ids.length < 2) return;
    this.#acts.push(act);
    this.#stages.push(fold.stage());
  }

  #shared(acts: readonly Act[]): number {
    let count = 0;
    while (count < this.#acts.length && acts[count] === this.#acts[count]) count++;
    return count;
  }
}

function isRoot(a: Root, b: Root | undefined): boolean {
  return b !== undefined && a.size === b.size && a.product === b.product && a.commission === b.commission;
}

/** True if the event after the first `count` is so near to one of them that clocks may disagree which was first. */
function mayChange(acts: readonly Act[], count: number, toleranceMs: number): boolean {
  const next = acts[count];
  if (next === undefined) return false;
  const lastMs = Math.max(acts[0]!.timeMs, acts[count - 1]!.timeMs);
  return next.timeMs <= lastMs + toleranceMs;
}
